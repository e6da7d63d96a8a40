// SPDX-License-Identifier: Apache-2.0
import Testing
import Traffic

@Suite struct `A payload stream` {
    private let stream = PayloadStream(seed: 7)

    private func bytes(from offset: UInt64, count: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        buffer.withUnsafeMutableBytes { stream.fill($0, from: offset) }
        return buffer
    }

    @Test func `is the same whatever offset it is read from`() {
        let whole = bytes(from: 0, count: 100)
        for offset in 0..<40 {
            for count in 0..<30 {
                #expect(bytes(from: UInt64(offset), count: count) == Array(whole[offset..<offset + count]))
            }
        }
    }

    @Test func `finds every single changed byte, at any alignment`() {
        for offset in UInt64(0)..<9 {
            for changed in 0..<33 {
                var buffer = bytes(from: offset, count: 33)
                #expect(buffer.withUnsafeBytes { stream.firstDifference(in: $0, from: offset) } == nil)
                buffer[changed] ^= 0x10
                #expect(buffer.withUnsafeBytes { stream.firstDifference(in: $0, from: offset) } == changed)
            }
        }
    }

    @Test func `differs between seeds and between offsets`() {
        let other = PayloadStream(seed: 8)
        let buffer = bytes(from: 0, count: 16)
        #expect(buffer.withUnsafeBytes { other.firstDifference(in: $0, from: 0) } == 0)
        #expect(buffer.withUnsafeBytes { stream.firstDifference(in: $0, from: 8) } == 0)
    }
}
