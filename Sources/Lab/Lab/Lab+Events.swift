// SPDX-License-Identifier: Apache-2.0
import Netlink
import SystemPackage

/// The kernel's reports about MPTCP connections, translated into the terms of a run's record.
extension Lab {
    package enum HostEnd: String, Sendable, CaseIterable {
        case mobile, server
    }

    /// Starts listening to the reports of one end.
    package func listen(to end: HostEnd) throws -> PathManagerEvents {
        try (end == .mobile ? mobile : server).run { try PathManagerEvents() }
    }

    /// The event's name, such as `mptcp.sub-established`; the path concerned, if any; and a detail that names the
    /// reporting end and anything else that is known.
    package func describe(
        _ event: PathManagerEvents.Event, at end: HostEnd
    ) -> (kind: String, path: String?, detail: String) {
        var words = [end.rawValue]
        let mobileAddress = end == .mobile ? event.local : event.remote
        var path = mobileAddress.flatMap { pathName(ofAddress: $0.description) }
        switch event.kind {
        case .announced, .removed:
            if let id = event.remoteID {
                words.append("address \(id)")
                // The mobile host's address numbers are those of its endpoints.
                if end == .server, path == nil { path = pathName(ofEndpoint: id) }
            }
            if let address = event.remote { words.append("\(address)") }
        case .created, .established, .closed, .subflowEstablished, .subflowClosed, .subflowPriority:
            if event.isBackup { words.append("backup") }
            if let error = event.error { words.append("\(Errno(rawValue: error))") }
            if let reason = event.resetReason { words.append("reset by the peer, reason \(reason)") }
        }
        return ("mptcp.\(event.kind.rawValue)", path, words.joined(separator: ", "))
    }
}
