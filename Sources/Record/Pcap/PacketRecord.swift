// SPDX-License-Identifier: Apache-2.0
/// The contents of a packet's record except its bytes; the fields are as in `Packet`.
///
/// The bytes are passed separately because Swift keeps a value that holds a span in memory and destroys it, which costs
/// one call per packet.
struct PacketRecord {
    var originalBytes: Int
    var time: Timestamp?
    var interface: Int
    var linkType: LinkType
    var offset: Int64
    /// Whether the byte order of the options after the packet differs from this machine's.
    var swapped: Bool

    /// Called with each record, its packet's bytes and its block's options.
    typealias Body = (_ record: PacketRecord, _ bytes: RawSpan, _ options: RawSpan) throws -> Void
}
