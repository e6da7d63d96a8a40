// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

extension JSON {
    /// Checks what could overflow the stack or fill the memory of a decoder, and that a document does not end in the
    /// middle.
    ///
    /// - Throws: `Fault` (bad input).
    package static func check(_ bytes: [UInt8], path: String) throws {
        _ = try outline(bytes, path: path)
    }

    private static func fault(_ path: String, _ what: String) -> Fault {
        .input(path, "\(what), so it is not a complete document of walkback; restore it, or compare again")
    }

    /// Parses a document. Whole numbers that fit become `integer`, however they were written, and all others `number`;
    /// an array becomes `array`, however it was written.
    ///
    /// - Throws: `Fault` (bad input) if the bytes are not JSON.
    package static func parse(_ bytes: [UInt8], path: String) throws -> JSON {
        let outline = try outline(bytes, path: path)
        let document: JSON
        do {
            document = try JSONDecoder().decode(JSON.self, from: Data(bytes))
        } catch is DecodingError {
            throw fault(path, "is not JSON")
        }
        // If two members have the same name, the decoder silently keeps one of them.
        guard document.memberCount == outline.members else {
            throw fault(path, "has the same key twice in one object")
        }
        return document
    }

    private static func outline(_ bytes: [UInt8], path: String) throws -> JSONOutline {
        func fault(_ what: String) -> Fault { Self.fault(path, what) }
        guard bytes.count <= JSONOutline.largest else {
            throw fault("is larger than \(JSONOutline.largest / 1_000_000) MB")
        }
        let outline = JSONOutline(bytes)
        guard outline.depth <= JSONOutline.deepest else {
            throw fault("is nested more than \(JSONOutline.deepest) levels deep")
        }
        guard outline.isFinished else { throw fault("ends in the middle") }
        guard outline.values <= JSONOutline.mostValues else {
            throw fault("has more than \(JSONOutline.mostValues) values")
        }
        return outline
    }

    private var memberCount: Int {
        switch self {
        case .null, .bool, .integer, .number, .string: 0
        case .array(let elements), .line(let elements): elements.reduce(0) { $0 + $1.memberCount }
        case .object(let members): members.values.reduce(members.count) { $0 + $1.memberCount }
        }
    }
}

extension JSON: Decodable {
    /// Tries one kind of value after the other, the most frequent first, because a wrong guess costs more than a value.
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let number = try Self.ifOfThatKind({ try value.decode(Double.self) }) {
            // Up to 2^53, a Double holds every whole number exactly.
            let isExact = number.magnitude < 0x1p53
            let integer = isExact ? Int64(exactly: number) : try? value.decode(Int64.self)
            self = integer.map { .integer($0) } ?? .number(number)
        } else if let text = try Self.ifOfThatKind({ try value.decode(String.self) }) {
            self = .string(text)
        } else if let members = try Self.ifOfThatKind({ try decoder.container(keyedBy: Key.self) }) {
            var object: [String: JSON] = [:]
            for key in members.allKeys { object[key.stringValue] = try members.decode(JSON.self, forKey: key) }
            self = .object(object)
        } else if let elements = try Self.ifOfThatKind({ try value.decode([JSON].self) }) {
            self = .array(elements)
        } else {
            self = .bool(try value.decode(Bool.self))
        }
    }

    private static func ifOfThatKind<Value>(_ decode: () throws -> Value) throws -> Value? {
        do { return try decode() } catch DecodingError.typeMismatch { return nil }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// What the decoder does not report about a document: how deeply it is nested, how many members its objects have as
/// written, and whether it ends in the middle. All of it is correct if the bytes are JSON.
private struct JSONOutline {
    private(set) var depth = 0
    private(set) var members = 0
    /// At least as many as the document has.
    private(set) var values = 1
    private(set) var isFinished = false

    /// Deeper than any of Walkback's documents, and far from overflowing the stack.
    static let deepest = 64

    /// The decoder holds the bytes twice, and one text may be all of them.
    static let largest = 100_000_000

    /// A run has about 500 values; each takes up to 150 bytes while it is read.
    static let mostValues = 2_000_000

    init(_ bytes: [UInt8]) {
        var (open, isText, isEscaped) = (0, false, false)
        for byte in bytes {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\"") {
                isText.toggle()
            } else if isText {
                isEscaped = byte == UInt8(ascii: "\\")
            } else if byte == UInt8(ascii: ":") {
                members += 1
            } else if byte == UInt8(ascii: ",") {
                values += 1
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                open += 1
                values += 1
                depth = max(depth, open)
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                open -= 1
            }
        }
        isFinished = !isText && open <= 0 && !bytes.isEmpty
    }
}
