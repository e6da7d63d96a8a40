// SPDX-License-Identifier: Apache-2.0
/// A connection that a strategy opens on the mobile host, and the path over which it begins.
public enum PlannedConnection: Hashable, Sendable, Codable {
    /// One TCP connection over this path alone.
    ///
    /// - Parameter reconnects: whether the application connects again when the path returns, and resumes by range.
    case tcp(path: String, reconnects: Bool)
    /// One TCP connection at a time, over WiFi if it is joined and over another path if not.
    case preferredTCP
    /// One TCP connection of the home address, which belongs to no path and is reached over the path that the plan's
    /// routes name.
    case homeTCP
    /// One MPTCP connection. The first SYN leaves over the path that the replay names as the initial one, and otherwise
    /// over the first path in this order that is joined and used.
    case mptcp(begins: Order)

    /// Which path an MPTCP connection begins over.
    public enum Order: String, Sendable, Codable {
        /// The order of the replay.
        case listed
        /// WiFi first.
        case preferred
    }

    /// Whether it is an MPTCP connection.
    public var isMPTCP: Bool {
        if case .mptcp = self { true } else { false }
    }
}
