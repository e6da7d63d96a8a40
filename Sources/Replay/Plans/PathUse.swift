// SPDX-License-Identifier: Apache-2.0
/// How an MPTCP connection may use a path.
public enum PathUse: String, Codable, Sendable {
    /// It has no subflow there.
    case none
    /// Its subflow carries data only where no full one is left (MP_PRIO, RFC 8684 section 3.3.8).
    case backup
    case full
}
