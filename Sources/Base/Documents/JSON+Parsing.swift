import Determinism

extension JSON {
    /// A document read back. Whole numbers that fit are `integer`, all others `number`; an array is `array` however it was
    /// written.
    ///
    /// - Throws: `Fault` (bad input) as `path:line: message` where the bytes are no JSON (RFC 8259).
    package static func parse(_ bytes: [UInt8], path: String) throws -> JSON {
        var parser = JSONParser(bytes: bytes, path: path)
        return try parser.document()
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    let path: String
    private var place = 0
    /// Deeper than any document of ours, and far from the end of the stack.
    private static let deepest = 64

    init(bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func document() throws -> JSON {
        let value = try value(depth: 0)
        skipBlanks()
        guard place == bytes.count else { throw fault("goes on after its end") }
        return value
    }

    private func fault(_ what: String) -> Fault {
        let line = bytes.prefix(place).reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        return .input(
            path, line: line, "\(what), so it is no whole document of walkback: restore it, or compare again")
    }

    private mutating func skipBlanks() {
        while place < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipBlanks()
        guard place < bytes.count, bytes[place] == character.asciiValue else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) throws -> JSON {
        guard depth < Self.deepest else { throw fault("is nested more than \(Self.deepest) deep") }
        skipBlanks()
        guard place < bytes.count else { throw fault("ends in the middle") }
        switch bytes[place] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: JSON) throws -> JSON {
        guard bytes[place...].starts(with: text.utf8) else { throw fault("has a word that is no JSON") }
        place += text.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws -> JSON {
        place += 1
        var members: [String: JSON] = [:]
        if take("}") { return .object(members) }
        repeat {
            skipBlanks()
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { throw fault("lacks a key") }
            let key = try string()
            guard take(":") else { throw fault("lacks a colon") }
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw fault("has '\(key.prefix(40))' twice")
            }
        } while take(",")
        guard take("}") else { throw fault(place == bytes.count ? "ends in the middle" : "lacks a comma or a brace") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws -> JSON {
        place += 1
        var elements: [JSON] = []
        if take("]") { return .array(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw fault(place == bytes.count ? "ends in the middle" : "lacks a comma or a bracket") }
        return .array(elements)
    }

    private mutating func number() throws -> JSON {
        let start = place
        while place < bytes.count, "+-.eE0123456789".utf8.contains(bytes[place]) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw fault("has something that is no value") }
        return .number(number)
    }

    private mutating func string() throws -> String {
        place += 1
        var text: [UInt8] = []
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else {
                    throw fault("has text that is no UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            case ..<0x20: throw fault("has a control character in a text")
            default: text.append(byte)
            }
        }
        throw fault("ends in the middle")
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard place < bytes.count else { throw fault("ends in the middle") }
        let byte = bytes[place]
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"): text += Array(String(Character(try scalar())).utf8)
        default: throw fault("has an escape that JSON does not have")
        }
    }

    private mutating func scalar() throws -> Unicode.Scalar {
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard bytes[place...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
            throw fault("has half a character")
        }
        place += 2
        let second = try unit()
        guard (0xD800..<0xDC00).contains(first), (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00)
        else { throw fault("has half a character") }
        return scalar
    }

    /// Four hexadecimal digits.
    private mutating func unit() throws -> UInt16 {
        guard place + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw fault("has an escape that JSON does not have") }
        place += 4
        return unit
    }
}
