// SPDX-License-Identifier: Apache-2.0
import CLinux
import CNetlink
import Documents
import Glibc
import SystemPackage

/// A network namespace of this process: it has no name and ends with the process, however the process ends.
///
/// A namespace must be used by one thread only.
package final class Namespace {
    /// Refers to the namespace; close-on-exec, so that no child keeps it.
    package let descriptor: FileDescriptor
    /// A description of the namespace for errors.
    package let name: String
    /// The netlink socket for its links, addresses, routes and queues.
    package let routing: NetlinkSocket

    /// Creates an empty namespace, with the loopback interface up.
    ///
    /// - Parameter name: for errors only.
    /// - Throws: `Fault` 77 if this process may not create one.
    package init(_ name: String) throws {
        self.name = name
        let home = try Self.current()
        defer { try? home.close() }
        let error = -walkback_unshare_network()
        switch error {
        case 0: break
        case EPERM:
            throw Fault(
                .permission,
                "cannot create a network namespace: permission denied; run as root, or use the embedded kernel, which "
                    + "needs no root")
        case EINVAL, ENOSYS:
            throw Fault(
                .missingFeature,
                "this kernel lacks network namespaces; use the embedded kernel (make kernel), or one with CONFIG_NET_NS"
            )
        default:
            throw Fault(.failed, "cannot create a network namespace: \(Errno(rawValue: error))")
        }
        let made = Result {
            let descriptor = try Self.current()
            do {
                let routing = try NetlinkSocket(protocolNumber: NETLINK_ROUTE)
                // The kernel numbers the loopback interface 1 in every namespace.
                try routing.perform([.setInterface("lo", index: 1, up: true)])
                return (descriptor, routing)
            } catch {
                try? descriptor.close()
                throw error
            }
        }
        try Self.enter(home, name: "its own")
        (descriptor, routing) = try made.get()
    }

    deinit {
        try? descriptor.close()
    }

    /// Runs `body` on this thread inside the namespace. Whatever `body` opens stays in it; the thread then returns to
    /// its previous namespace.
    package func run<Result>(_ body: () throws -> Result) throws -> Result {
        let home = try Self.current()
        defer { try? home.close() }
        try Self.enter(descriptor, name: name)
        let result = Swift.Result { try body() }
        try Self.enter(home, name: "its own")
        return try result.get()
    }

    /// The namespace of the calling thread.
    private static func current() throws -> FileDescriptor {
        let path: FilePath = "/proc/thread-self/ns/net"
        do {
            return try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch {
            throw Fault(.failed, "cannot open \(path): \(error); mount /proc")
        }
    }

    private static func enter(_ descriptor: FileDescriptor, name: String) throws {
        let error = -walkback_enter_network(descriptor.rawValue)
        guard error == 0 else {
            throw Fault(
                error == EPERM ? .permission : .failed,
                "cannot enter \(name) network namespace: \(Errno(rawValue: error))")
        }
    }
}
