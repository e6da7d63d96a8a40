// SPDX-License-Identifier: Apache-2.0
/// Something that a replay asks of the kernel by name, and where the replay does so. Only the kernel knows whether it
/// exists.
package struct KernelDemand: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case congestionControl = "congestion_control"
        case scheduler
    }

    package var kind: Kind
    package var name: String
    /// `path:line:column` in the replay, or an option of the command line.
    package var place: String

    package init(_ kind: Kind, _ name: String, at place: String) {
        self.kind = kind
        self.name = name
        self.place = place
    }

    /// TCP_CA_NAME_MAX and MPTCP_SCHED_NAME_MAX are 16, with the zero at the end.
    private static let longestName = 15

    /// Whether any kernel could have something of this name.
    package static func isPossible(_ name: String) -> Bool {
        (1...longestName).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
    }
}
