// SPDX-License-Identifier: Apache-2.0
/// How an MPTCP connection may use a path.
public enum PathUse: String, Codable, Sendable {
    /// The connection has no subflow there.
    case none
    /// Its subflow carries data only if no full subflow is left (MP_PRIO, RFC 8684 section 3.3.8).
    case backup
    /// Its subflow carries data.
    case full
}
