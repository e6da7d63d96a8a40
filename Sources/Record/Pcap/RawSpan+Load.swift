// SPDX-License-Identifier: Apache-2.0
/// Numbers at positions whose bounds the caller has checked: reading beyond the span traps.
extension RawSpan {
    /// A number in the file's byte order.
    @inline(__always)
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Number.Type = Number.self, swapped: Bool
    ) -> Number {
        let value = unsafeLoadUnaligned(fromByteOffset: offset, as: type)
        return swapped ? value.byteSwapped : value
    }

    /// A number in network byte order.
    @inline(__always)
    func network<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Number.Type = Number.self
    ) -> Number {
        Number(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }

    /// Like `number(at:)`, for what is read from every packet. The caller checks the bounds once; a wrong position does
    /// not trap.
    @inline(__always)
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        unchecked offset: Int, as type: Number.Type = Number.self, swapped: Bool
    ) -> Number {
        let value = unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type)
        return swapped ? value.byteSwapped : value
    }

    /// Like `network(at:)`, if the caller has checked the bounds of the header that contains the number.
    @inline(__always)
    func network<Number: FixedWidthInteger & BitwiseCopyable>(
        unchecked offset: Int, as type: Number.Type = Number.self
    ) -> Number {
        Number(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type))
    }

    @inline(__always)
    func byte(unchecked offset: Int) -> UInt8 {
        unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// A copy of the bytes.
    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}
