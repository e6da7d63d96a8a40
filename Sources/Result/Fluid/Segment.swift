// SPDX-License-Identifier: Apache-2.0
/// A full packet, and the parts of it that are not payload.
enum Segment {
    /// IP bytes of a full packet.
    static let size = 1500.0
    /// `size` less the headers of IP (20) and TCP (20) and TCP's timestamps (12).
    static let tcpPayload = 1448.0
    /// `tcpPayload` less the data sequence signal (28 with padding, RFC 8684 section 3.3).
    static let mptcpPayload = 1420.0
    /// IP bytes of acknowledgement per byte: 52 for every second segment.
    static let acknowledgement = 52.0 / 3000
    /// What the kernel charges a send buffer for one segment, `tcp_sndbuf_expand` in net/ipv4/tcp_input.c: 2048 and the
    /// descriptor.
    static let charge = 2304.0
    /// As in RFC 6928.
    static let initialWindow = 10 * size
}
