// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Settings of the transport at both ends.
package struct Transport: Codable, Sendable, Equatable {
    package var congestionControl = "cubic"
    /// The path of the first SYN; nil: the first that is attached.
    package var initialPath: String?
    /// Bounds of the kernel's buffer autotuning, as tcp_rmem and tcp_wmem have them.
    package var receiveBuffer = ByteCount(6_000_000)
    package var sendBuffer = ByteCount(4_000_000)
    /// The default of tcp_rmem, where the autotuning of a receive buffer begins; never more than `receiveBuffer`. What
    /// SO_RCVLOWAT at 1 MB, which the application asks for, makes of the subflows that are there by then: one that
    /// joins later begins with this, and with a smaller one keeps a small window (82 kB of 128 kB) until the
    /// connection's own buffer has grown beyond what it has.
    package var initialReceiveBuffer = ByteCount(2_097_152)
    /// MPTCP's packet scheduler (`net.mptcp.scheduler`); nil: the kernel's default.
    package var scheduler: String?
    /// After how many retransmission periods without an acknowledgement a subflow counts as stale
    /// (`net.mptcp.stale_loss_cnt`); nil: the kernel's default.
    package var staleLossCount: Int?

    package init() {}
}
