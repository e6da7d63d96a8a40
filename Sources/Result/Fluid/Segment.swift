// SPDX-License-Identifier: Apache-2.0
/// A full packet, and what is not payload in it.
enum Segment {
    /// IP bytes.
    static let size = 1500.0
    /// Less headers of IP (20) and TCP (20) and its timestamps (12).
    static let tcpPayload = 1448.0
    /// Less the data sequence signal as well (28 with padding, RFC 8684 section 3.3).
    static let mptcpPayload = 1420.0
    /// IP bytes of acknowledgement for each byte: 52 for every second segment.
    static let acknowledgement = 52.0 / 3000
    /// What the kernel charges a send buffer for one, `tcp_sndbuf_expand` in net/ipv4/tcp_input.c: 2048 and the
    /// descriptor.
    static let charge = 2304.0
    /// RFC 6928.
    static let initialWindow = 10 * size
}
