// SPDX-License-Identifier: Apache-2.0
/// A copy of a packet, which holds only zeros until something is written to it. What nobody has decided to write can
/// therefore not be in it.
///
/// Positions may lie anywhere: headers say how long they are, and a capture may end before that.
struct PacketCopy {
    private let original: [UInt8]
    private(set) var bytes: [UInt8]

    init(of original: [UInt8]) {
        self.original = original
        bytes = [UInt8](repeating: 0, count: original.count)
    }

    var count: Int { original.count }

    /// nil unless all of these bytes were captured.
    func original(at position: Int, count: Int) -> [UInt8]? {
        guard position >= 0, count >= 0, position <= original.count - count else { return nil }
        return Array(original[position..<(position + count)])
    }

    func byte(at position: Int) -> UInt8? { original.indices.contains(position) ? original[position] : nil }

    /// A number in network byte order; nil unless all of it was captured.
    func number<Number: FixedWidthInteger>(at position: Int, as: Number.Type = Number.self) -> Number? {
        original(at: position, count: Number.bitWidth / 8).map { Pseudonyms.number($0) }
    }

    /// Copies what was captured of these bytes.
    mutating func keep(_ position: Int, count: Int) {
        for index in max(0, position)..<max(0, position, min(position + count, bytes.count)) {
            bytes[index] = original[index]
        }
    }

    /// Writes `new`, or as much of it as there is room for.
    mutating func put(_ new: [UInt8], at position: Int) {
        for (index, byte) in new.enumerated() where bytes.indices.contains(position + index) {
            bytes[position + index] = byte
        }
    }

    /// Writes a number in network byte order.
    mutating func put(_ number: some FixedWidthInteger, at position: Int) {
        put(Pseudonyms.bytes(number), at: position)
    }

    /// Makes all bytes zero again.
    mutating func clear() {
        bytes = [UInt8](repeating: 0, count: bytes.count)
    }
}
