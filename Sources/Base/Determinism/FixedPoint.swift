// SPDX-License-Identifier: Apache-2.0
/// Decimal numbers as whole multiples of a power of ten, so that what is written is read back as the same value: 12.4
/// Mb/s is 12 400 000 b/s exactly, 0.1 s is 100 000 000 ns exactly.
package enum FixedPoint {
    package enum Failure: Error {
        case notANumber, notFinite, tooLarge
    }

    /// `text` times 10^`decimals`; further digits are rounded half away from zero. Exponents are understood.
    package static func parse(_ text: some Collection<UInt8>, decimals: Int) throws(Failure) -> Int64 {
        try parse(Array(text)[...], decimals: decimals)
    }

    /// The same for a field of a file: other modules call a generic function without its types, which takes most of the
    /// time for a long trace.
    package static func parse(_ text: ArraySlice<UInt8>, decimals: Int) throws(Failure) -> Int64 {
        var value: Int64 = 0
        var digits = 0
        var decimal: Int?
        var roundUp = false
        var negative = false
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                let digit = Int64(byte - UInt8(ascii: "0"))
                if let count = decimal {
                    decimal = count + 1
                    if count == decimals { roundUp = digit >= 5 }
                    if count >= decimals { continue }
                }
                guard value < 900_000_000_000_000_000 else { throw .tooLarge }
                value = value * 10 + digit
            case UInt8(ascii: ".") where decimal == nil: decimal = 0
            case UInt8(ascii: "-") where index == 0: negative = true
            default: return try parseFloat(text, decimals: decimals)
            }
        }
        guard digits > 0 else { throw .notANumber }
        for _ in 0..<max(0, decimals - (decimal ?? 0)) {
            guard value < 900_000_000_000_000_000 else { throw .tooLarge }
            value *= 10
        }
        if roundUp { value += 1 }
        return negative ? -value : value
    }

    /// Parses numbers as programs write them, such as 1e-05. `nan` and `inf` get their own error, `notFinite`.
    private static func parseFloat(_ text: ArraySlice<UInt8>, decimals: Int) throws(Failure) -> Int64 {
        let word = String(decoding: text, as: UTF8.self)
        // Double would also accept hexadecimal and a leading sign, which nobody means in a trace.
        guard word.utf8.allSatisfy({ $0 != UInt8(ascii: "x") && $0 != UInt8(ascii: "X") }), let value = Double(word)
        else {
            throw .notANumber
        }
        guard value.isFinite else { throw .notFinite }
        let scaled = ((0..<decimals).reduce(value) { product, _ in product * 10 }).rounded()
        guard abs(scaled) < 9e18 else { throw .tooLarge }
        return Int64(scaled)
    }

    /// `value` / 10^`decimals` without trailing zeros: `12.4`, `0.000001`, `-61`.
    package static func text(_ value: Int64, decimals: Int) -> String {
        var bytes: [UInt8] = []
        append(value, decimals: decimals, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the same text to `bytes`: a long trace has a hundred million numbers, too many for a string each.
    package static func append(_ value: Int64, decimals: Int, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = value.magnitude
        var place = 0
        // The digits are written from the last to the first, then reversed.
        while rest > 0 || place <= decimals {
            let digit = UInt8(rest % 10)
            if place == decimals, bytes.count > start { bytes.append(UInt8(ascii: ".")) }
            if place >= decimals || digit > 0 || bytes.count > start { bytes.append(UInt8(ascii: "0") + digit) }
            rest /= 10
            place += 1
        }
        // Reversing the slice would copy it.
        var (left, right) = (start, bytes.count - 1)
        while left < right {
            bytes.swapAt(left, right)
            (left, right) = (left + 1, right - 1)
        }
    }
}
