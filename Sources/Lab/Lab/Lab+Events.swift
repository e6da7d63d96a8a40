// SPDX-License-Identifier: Apache-2.0
import Netlink
import SystemPackage

/// What the kernel reports of MPTCP connections, in the words of a run's record.
extension Lab {
    package enum HostEnd: String, Sendable, CaseIterable {
        case mobile, server
    }

    /// Listens to the reports of one end.
    package func listen(to end: HostEnd) throws -> PathManagerEvents {
        try (end == .mobile ? mobile : server).run { try PathManagerEvents() }
    }

    /// `mptcp.sub-established` and the like; the path that it concerns, where it concerns one; and which end reports
    /// it, with what else is to be known.
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
                // The mobile host's numbers are those of its endpoints.
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
