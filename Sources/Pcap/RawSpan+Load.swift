/// Numbers at places whose bounds the caller has checked: a read beyond the span would be a trap.
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

    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// A copy of the bytes.
    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}
