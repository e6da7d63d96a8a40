// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Settings of the transport at both ends.
package struct Transport: Codable, Sendable, Equatable {
    package var congestionControl = "cubic"
    /// The path of the first SYN; nil: the first path that is attached.
    package var initialPath: String?
    /// Limits of the kernel's buffer autotuning, as in tcp_rmem and tcp_wmem.
    package var receiveBuffer = ByteCount(6_000_000)
    package var sendBuffer = ByteCount(4_000_000)
    /// The default of tcp_rmem, at which the autotuning of a receive buffer begins; never more than `receiveBuffer`. It
    /// is the size to which SO_RCVLOWAT at 1 MB, which the application sets, raises the subflows that already exist. A
    /// subflow that joins later begins with this default. If it were smaller, the subflow would keep a small window (82
    /// kB of 128 kB) until the connection's own buffer had grown beyond it.
    package var initialReceiveBuffer = ByteCount(2_097_152)
    /// MPTCP's packet scheduler (`net.mptcp.scheduler`); nil: the kernel's default.
    package var scheduler: String?
    /// After how many retransmission periods without an acknowledgement a subflow counts as stale
    /// (`net.mptcp.stale_loss_cnt`); nil: the kernel's default.
    package var staleLossCount: Int?

    package init() {}
}
