// SPDX-License-Identifier: Apache-2.0
/// What a packet's record says of it, but for its bytes: as in `Packet`.
///
/// Apart from them because Swift keeps a value that holds a span in memory and destroys it, which costs every packet a
/// call.
struct PacketRecord {
    var originalBytes: Int
    var time: Timestamp?
    var interface: Int
    var linkType: LinkType
    var offset: Int64
    /// Whether the options behind the packet are in the other byte order than this machine's.
    var swapped: Bool

    /// Is handed each record, its packet's bytes and its block's options.
    typealias Body = (_ record: PacketRecord, _ bytes: RawSpan, _ options: RawSpan) throws -> Void
}
