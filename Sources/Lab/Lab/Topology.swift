// SPDX-License-Identifier: Apache-2.0
import Documents
import Netlink
import Plans

/// The layout of the lab: every interface, number and address, decided before anything is created.
///
/// ```
///            ┌─ access 1 ─┐        10.P.0.0/24  mobile (.2) – access (.1)     P: the path's number, from 1
///  mobile ───┤            ├─── core ─── server
///            └─ access 2 ─┘        10.P.1.0/24  access (.1) – core (.2)
///                                  10.255.0.0/24  core (.1) – server (.2)
///                                  10.254.0.2/32  the mobile host's home address
/// ```
/// IPv6 has `fd00:P::/64`, `fd00:P:1::/64`, `fd00:255::/64` and `fd00:254::2/128` with the same last numbers. If a
/// path's address changes, the mobile host is first .2, then .3, and so on up to .9. If a path has several subflows,
/// the address of the second one ends in .12 and that of the third one in .22.
package struct Topology: Sendable, Equatable {
    /// One end of a wire.
    package struct End: Sendable, Equatable {
        package let interface: VirtualInterface
        /// One address for each address family of the wire.
        package let addresses: [IPAddress]

        package func address(_ family: IPAddress.Family) -> IPAddress? {
            addresses.first { $0.family == family }
        }
    }

    /// A pair of interfaces.
    package struct Wire: Sendable, Equatable {
        package let near: End
        package let far: End
    }

    package struct Path: Sendable, Equatable {
        package let name: String
        package let families: [IPAddress.Family]
        /// Near end: mobile; far end: access.
        package let radio: Wire
        /// Near end: core; far end: access.
        package let backhaul: Wire
        /// How many addresses the mobile host has on the path at a time, in each family.
        package let subflows: Int

        /// The mobile host's end of the radio after this number of address changes.
        package func mobileEnd(afterChanges changes: Int) -> End {
            End(
                interface: radio.near.interface,
                addresses: (0..<subflows).flatMap { subflow in
                    radio.near.addresses.map { $0.advanced(by: changes + subflow * Topology.addressStride) }
                })
        }
    }

    package let paths: [Path]
    /// Near end: core; far end: server.
    package let trunk: Wire
    /// An address of the mobile host that belongs to no path, of the first family that every path has; nil if the paths
    /// share no family.
    package let home: IPAddress?

    /// Prefix length: 24 for an IPv4 network, 64 for an IPv6 network.
    static func prefixLength(_ family: IPAddress.Family) -> UInt8 { family == .v4 ? 24 : 64 }

    /// MPTCP keeps at most eight subflows, and a path without a subflow is of no use.
    package static let maximumPaths = 8

    /// On a path, the mobile host has the addresses .2 to .9, one after the other.
    package static let maximumAddressChanges = 7

    /// The distance between the addresses of two subflows on a path: more than the first one's changes can reach.
    static let addressStride = 10
    /// Limited so that every address of every path has its own MPTCP address number, of which there are 255.
    package static let maximumSubflows = 3

    /// - Throws: `Fault` 65 unless there are 1 to 8 paths.
    package init(paths: [(name: String, family: RunPlan.AddressFamily, subflows: Int)]) throws {
        guard (1...Self.maximumPaths).contains(paths.count) else {
            throw Fault(
                .badInput, "a replay must have 1 to \(Self.maximumPaths) paths, but this one has \(paths.count)")
        }
        let names = Self.interfaceNames(paths.map(\.name))
        let laid = paths.enumerated().map { index, path in
            let number = UInt16(index + 1)
            let families = Self.families(path.family)
            return Path(
                name: path.name, families: families,
                radio: Self.wire((number, 0), names: (names[index], "mobile"), hosts: (2, 1), families),
                backhaul: Self.wire((number, 1), names: ("access\(number)", "core"), hosts: (2, 1), families),
                subflows: path.subflows)
        }
        self.paths = laid
        trunk = Self.wire(
            (Self.trunkNumber, 0), names: ("server", "core"), hosts: (1, 2), IPAddress.Family.allCases)
        let shared = IPAddress.Family.allCases.first { family in
            laid.allSatisfy { $0.families.contains(family) }
        }
        home = shared.map { family in
            switch family {
            case .v4: IPAddress(v4: 10, UInt8(Self.homeNumber), 0, 2)
            case .v6: IPAddress(v6: [0xfd00, 0x254, 0], host: 2)
            }
        }
    }

    private static let trunkNumber: UInt16 = 255
    private static let homeNumber: UInt16 = 254

    private static func families(_ family: RunPlan.AddressFamily) -> [IPAddress.Family] {
        switch family {
        case .ipv4: [.v4]
        case .ipv6: [.v6]
        case .both: [.v4, .v6]
        }
    }

    private static func wire(
        _ network: (UInt16, UInt16), names: (String, String), hosts: (UInt16, UInt16), _ families: [IPAddress.Family]
    ) -> Wire {
        func end(_ name: String, _ host: UInt16, side: Int32) -> End {
            let (number, part) = (UInt8(network.0), UInt8(network.1))
            let interface = VirtualInterface(
                // Unique in the whole lab, not only in its namespace; see `VirtualInterface.index`.
                name: name, index: 10 + Int32(network.0) * 4 + Int32(network.1) * 2 + side,
                mac: MACAddress(local: number, part, UInt8(host)))
            let addresses = families.map { family in
                switch family {
                case .v4: IPAddress(v4: 10, number, part, UInt8(host))
                // Decimal digits are read as hexadecimal, so that 255 is written 255.
                case .v6: IPAddress(v6: [0xfd00, UInt16(String(network.0), radix: 16) ?? 0, network.1], host: host)
                }
            }
            return End(interface: interface, addresses: addresses)
        }
        return Wire(near: end(names.0, hosts.0, side: 0), far: end(names.1, hosts.1, side: 1))
    }

    /// The mobile host's interfaces are named after their paths, as far as the kernel allows: at most 15 bytes, no `/`
    /// and no `:`.
    static func interfaceNames(_ paths: [String]) -> [String] {
        // Names that have a meaning of their own, as interfaces or under /proc/sys/net/ipv4/conf.
        var taken: Set<String> = ["", ".", "..", "lo", "all", "default"]
        return paths.enumerated().map { index, path in
            let letters = path.unicodeScalars.map { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                    ? Character(scalar) : "-"
            }
            let name = String(letters.prefix(15))
            let unique = taken.contains(name) ? "path-\(index + 1)" : name
            taken.insert(unique)
            return unique
        }
    }
}
