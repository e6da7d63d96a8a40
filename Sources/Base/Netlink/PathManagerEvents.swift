// SPDX-License-Identifier: Apache-2.0
import CGenericNetlink
import CNetlink
import Documents
import Glibc

/// A subscription to the kernel's events about the MPTCP connections of one network namespace; it ends with this
/// object.
///
/// The kernel composes no events while nobody listens.
package final class PathManagerEvents {
    package struct Event: Hashable, Sendable {
        /// As in `enum mptcp_event_type` of linux/mptcp.h; events that are not listed here are ignored.
        package enum Kind: String, Sendable, CaseIterable {
            case created, established, closed, announced, removed
            case subflowEstablished = "sub-established"
            case subflowClosed = "sub-closed"
            case subflowPriority = "sub-priority"
        }

        package let kind: Kind
        /// The address of the subflow that the event concerns, or of the peer's announcement.
        package let local: IPAddress?
        package let remote: IPAddress?
        /// The number that the peer gave to its address.
        package let remoteID: UInt8?
        package let isBackup: Bool
        /// Why a subflow ended, as an error number; the next field is the reason in the peer's reset (RFC 8684, section
        /// 3.6).
        package let error: Int32?
        package let resetReason: UInt32?
    }

    private let handle: OpaquePointer
    private let family: Int

    /// Subscribes to the events of the calling thread's network namespace.
    ///
    /// - Throws: `Fault` 69 if the kernel has no MPTCP.
    package init() throws {
        guard let handle = nl_socket_alloc() else {
            throw Fault(.failed, "cannot open a netlink socket: out of memory")
        }
        self.handle = handle
        try Self.check(genl_connect(handle), "open a netlink socket")
        // Both of these calls send a request and wait for the answer, so that only events come after them.
        let family = genl_ctrl_resolve(handle, MPTCP_PM_NAME)
        let group = genl_ctrl_resolve_grp(handle, MPTCP_PM_NAME, MPTCP_PM_EV_GRP_NAME)
        guard family >= 0, group >= 0 else { throw KernelFeature.mptcp.missing }
        self.family = Int(family)
        try Self.check(nl_socket_add_membership(handle, group), "listen for MPTCP events")
        try Self.check(nl_socket_set_nonblocking(handle), "listen for MPTCP events")
    }

    deinit {
        nl_socket_free(handle)
    }

    private static func check(_ error: Int32, _ operation: String) throws {
        if error < 0 { throw Fault(.failed, "cannot \(operation): \(String(cString: nl_geterror(error)))") }
    }

    /// Becomes readable when something has happened.
    package var descriptor: Int32 { nl_socket_get_fd(handle) }

    /// All events since the last call, in order.
    ///
    /// - Throws: if there were more events than the kernel could queue.
    package func drain() throws -> [Event] {
        var events: [Event] = []
        // The kernel limits an event to one page (NLMSG_DEFAULT_SIZE).
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, walkback_do_not_wait())
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == ENOBUFS {
                throw Fault(.failed, "MPTCP events were lost, because the kernel reported more than its buffer holds")
            }
            guard count > 0 else { return events }
            buffer.withUnsafeBytes { bytes in
                NetlinkSocket.forEachMessage(in: UnsafeRawBufferPointer(rebasing: bytes.prefix(count))) {
                    if Int($0.nlmsg_type) == family, let event = Event($1) { events.append(event) }
                }
            }
        }
    }
}

extension PathManagerEvents.Event {
    private static let kinds: [UInt32: Kind] = [
        MPTCP_EVENT_CREATED.rawValue: .created, MPTCP_EVENT_ESTABLISHED.rawValue: .established,
        MPTCP_EVENT_CLOSED.rawValue: .closed, MPTCP_EVENT_ANNOUNCED.rawValue: .announced,
        MPTCP_EVENT_REMOVED.rawValue: .removed, MPTCP_EVENT_SUB_ESTABLISHED.rawValue: .subflowEstablished,
        MPTCP_EVENT_SUB_CLOSED.rawValue: .subflowClosed, MPTCP_EVENT_SUB_PRIORITY.rawValue: .subflowPriority,
    ]

    /// - Parameter payload: a generic netlink header and attributes; the result is nil if it is not an event of these
    ///   kinds.
    init?(_ payload: UnsafeRawBufferPointer) {
        let size = MemoryLayout<genlmsghdr>.size
        guard payload.count >= size, let kind = Self.kinds[UInt32(payload[0])] else { return nil }
        let attributes = Attributes(UnsafeRawBufferPointer(rebasing: payload.dropFirst(size)))
        func address(_ four: mptcp_event_attr, _ six: mptcp_event_attr) -> IPAddress? {
            (attributes[Int(four.rawValue)] ?? attributes[Int(six.rawValue)]).flatMap { IPAddress(bytes: $0) }
        }
        self.kind = kind
        local = address(MPTCP_ATTR_SADDR4, MPTCP_ATTR_SADDR6)
        remote = address(MPTCP_ATTR_DADDR4, MPTCP_ATTR_DADDR6)
        remoteID = attributes.value(Int(MPTCP_ATTR_REM_ID.rawValue))
        isBackup = attributes.value(Int(MPTCP_ATTR_BACKUP.rawValue), as: UInt8.self) ?? 0 != 0
        error = attributes.value(Int(MPTCP_ATTR_ERROR.rawValue), as: UInt8.self).map { Int32($0) }
        resetReason = attributes.value(Int(MPTCP_ATTR_RESET_REASON.rawValue))
    }
}
