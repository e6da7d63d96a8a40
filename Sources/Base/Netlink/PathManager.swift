// SPDX-License-Identifier: Apache-2.0
import CGenericNetlink
import Glibc
import SystemPackage

/// The kernel's Multipath TCP path manager of one network namespace.
package final class PathManager {
    /// A local address that MPTCP may use.
    package struct Endpoint: Hashable, Sendable {
        package struct Flags: OptionSet, Hashable, Sendable {
            package let rawValue: UInt32
            package init(rawValue: UInt32) { self.rawValue = rawValue }
            package static let signal = Flags(rawValue: 1)
            package static let subflow = Flags(rawValue: 2)
            package static let backup = Flags(rawValue: 4)
            package static let fullmesh = Flags(rawValue: 8)
        }

        /// 1...255.
        package let id: UInt8
        package let address: IPAddress
        /// The interface that its subflows leave by; 0 leaves that to routing.
        package let interface: Int32
        package let flags: Flags

        package init(id: UInt8, address: IPAddress, interface: Int32 = 0, flags: Flags) {
            self.id = id
            self.address = address
            self.interface = interface
            self.flags = flags
        }
    }

    package struct Limits: Hashable, Sendable {
        /// Subflows in addition to the first, 0...8.
        package let subflows: UInt32
        /// How many announced addresses are accepted, 0...8.
        package let acceptedAddresses: UInt32

        package init(subflows: UInt32, acceptedAddresses: UInt32) {
            self.subflows = subflows
            self.acceptedAddresses = acceptedAddresses
        }
    }

    private let socket: NetlinkSocket
    private let family: Int

    /// Opens the path manager of the calling thread's network namespace.
    ///
    /// - Throws: `Fault` 69 if the kernel has none.
    package init() throws {
        socket = try NetlinkSocket(protocolNumber: NETLINK_GENERIC)
        let resolved = genl_ctrl_resolve(socket.handle, MPTCP_PM_NAME)
        guard resolved >= 0 else { throw KernelFeature.mptcp.missing }
        family = Int(resolved)
    }

    package func setLimits(_ limits: Limits) throws {
        try perform("set the limits of the MPTCP path manager", MPTCP_PM_CMD_SET_LIMITS) { request in
            request.put(Int(MPTCP_PM_ATTR_SUBFLOWS), limits.subflows)
            request.put(Int(MPTCP_PM_ATTR_RCV_ADD_ADDRS), limits.acceptedAddresses)
        }
    }

    package func limits() throws -> Limits {
        let replies = try perform("read the limits of the MPTCP path manager", MPTCP_PM_CMD_GET_LIMITS)
        let attributes = replies.first.map { Attributes($0.payload, after: MemoryLayout<genlmsghdr>.size) }
        return Limits(
            subflows: attributes?.value(Int(MPTCP_PM_ATTR_SUBFLOWS)) ?? 0,
            acceptedAddresses: attributes?.value(Int(MPTCP_PM_ATTR_RCV_ADD_ADDRS)) ?? 0)
    }

    /// Adds an endpoint. If a connection is open, a `subflow` endpoint joins it at once.
    package func add(_ endpoint: Endpoint) throws {
        try perform("add the MPTCP endpoint \(endpoint.address)", MPTCP_PM_CMD_ADD_ADDR) { Self.put(endpoint, $0) }
    }

    /// Ends the subflows of the endpoint and tells the peers.
    package func delete(_ endpoint: Endpoint) throws {
        try perform("delete the MPTCP endpoint \(endpoint.address)", MPTCP_PM_CMD_DEL_ADDR) { Self.put(endpoint, $0) }
    }

    /// Changes `backup` or `fullmesh` of the endpoint that has this number.
    package func change(_ endpoint: Endpoint) throws {
        try perform("change the MPTCP endpoint \(endpoint.address)", MPTCP_PM_CMD_SET_FLAGS) { Self.put(endpoint, $0) }
    }

    package func flush() throws {
        try perform("remove the MPTCP endpoints", MPTCP_PM_CMD_FLUSH_ADDRS)
    }

    /// The endpoints in the kernel's order.
    package func endpoints() throws -> [Endpoint] {
        let replies = try perform("list the MPTCP endpoints", MPTCP_PM_CMD_GET_ADDR, flags: NLM_F_DUMP)
        return replies.compactMap { reply in
            Attributes(reply.payload, after: MemoryLayout<genlmsghdr>.size).nested(Int(MPTCP_PM_ATTR_ADDR))
                .flatMap(Self.endpoint)
        }
    }

    @discardableResult
    private func perform(
        _ operation: String, _ command: Int, flags: Int32 = 0, build: (Request) -> Void = { _ in }
    ) throws -> [NetlinkSocket.Reply] {
        let header = genlmsghdr(cmd: UInt8(command), version: UInt8(MPTCP_PM_VER), reserved: 0)
        return try socket.perform([Request(operation, type: family, flags: flags, header: header, build: build)])
    }

    private static func put(_ endpoint: Endpoint, _ request: Request) {
        request.nest(Int(MPTCP_PM_ATTR_ADDR)) {
            request.put(Int(MPTCP_PM_ADDR_ATTR_FAMILY), UInt16(endpoint.address.familyNumber))
            request.put(Int(MPTCP_PM_ADDR_ATTR_ID), endpoint.id)
            let isFour = endpoint.address.family == .v4
            request.put(Int(isFour ? MPTCP_PM_ADDR_ATTR_ADDR4 : MPTCP_PM_ADDR_ATTR_ADDR6), endpoint.address)
            request.put(Int(MPTCP_PM_ADDR_ATTR_FLAGS), endpoint.flags.rawValue)
            if endpoint.interface != 0 { request.put(Int(MPTCP_PM_ADDR_ATTR_IF_IDX), endpoint.interface) }
        }
    }

    private static func endpoint(_ attributes: Attributes) -> Endpoint? {
        let bytes = attributes[Int(MPTCP_PM_ADDR_ATTR_ADDR4)] ?? attributes[Int(MPTCP_PM_ADDR_ATTR_ADDR6)]
        guard let bytes, let address = IPAddress(bytes: bytes) else { return nil }
        return Endpoint(
            id: attributes.value(Int(MPTCP_PM_ADDR_ATTR_ID)) ?? 0, address: address,
            interface: attributes.value(Int(MPTCP_PM_ADDR_ATTR_IF_IDX)) ?? 0,
            flags: Endpoint.Flags(rawValue: attributes.value(Int(MPTCP_PM_ADDR_ATTR_FLAGS)) ?? 0))
    }
}
