// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents

/// A text file line by line, as bytes, because a walk at one row a millisecond has millions of lines. Lines end with LF
/// or CRLF. A byte order mark and blank lines are skipped.
public struct TextLines {
    /// One line that is not blank.
    public struct Line {
        /// Counted from 1.
        public let number: Int
        /// The line without its end and without trailing blanks.
        public let bytes: ArraySlice<UInt8>

        /// The line as text.
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// The file's path, for messages.
    public let path: String
    private let bytes: [UInt8]
    private var position: Int
    private var number = 0

    /// Begins at the first line of a file.
    ///
    /// - Throws: ``Fault`` (bad input) if the file is not UTF-8.
    public init(_ file: InputFile) throws {
        path = file.path
        bytes = file.bytes
        position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        if bytes.contains(where: { $0 >= 0x80 }) { _ = try file.text() }
    }

    /// Whether only blank lines are left.
    public var isAtEnd: Bool {
        var rest = self
        return rest.next() == nil
    }

    /// The number of the line read last.
    public var lastNumber: Int { number }

    /// The next line that is not blank; nil at the end of the file.
    public mutating func next() -> Line? {
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = Self.trimmed(bytes[position..<end])
            position = end + 1
            number += 1
            if !line.isEmpty { return Line(number: number, bytes: line) }
        }
        return nil
    }

    /// Bad input in a line of this file, as `path:line:column: message`.
    ///
    /// - Parameter column: counted from 1, in bytes; nil if the whole line is meant.
    public func fault(_ line: Line, column: Int? = 1, _ message: String) -> Fault {
        Fault.input(path, line: line.number, column: column, message)
    }

    /// The line without trailing blanks, including the CR of CRLF; the rest keeps its column.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last,
            last == UInt8(ascii: "\r") || last == UInt8(ascii: " ") || last == UInt8(ascii: "\t")
        {
            line.removeLast()
        }
        return line
    }
}

/// One field of a line of comma-separated values, without surrounding blanks.
public struct Field {
    /// The field's bytes, without the blanks around them.
    public let bytes: ArraySlice<UInt8>
    /// Counted from 1, in bytes.
    public let column: Int

    /// Creates a field; each parameter is the property of the same name.
    public init(bytes: ArraySlice<UInt8>, column: Int) {
        self.bytes = bytes
        self.column = column
    }

    /// The field as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The field as a message quotes it, cut short because a hostile file may hold a megabyte without a comma.
    public var quoted: String {
        let text = text
        return text.count > 40 ? "'\(text.prefix(40))…'" : "'\(text)'"
    }

    /// The comma-separated fields of a line, at most `limit` of them, because a line of commas alone is not a row.
    public static func split(_ line: TextLines.Line, limit: Int) -> [Field] {
        var fields: [Field] = []
        fields.reserveCapacity(limit)
        var start = line.bytes.startIndex
        while fields.count < limit {
            let end = line.bytes[start...].firstIndex(of: UInt8(ascii: ",")) ?? line.bytes.endIndex
            var field = line.bytes[start..<end]
            while let first = field.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                field.removeFirst()
            }
            while let last = field.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { field.removeLast() }
            fields.append(Field(bytes: field, column: field.startIndex - line.bytes.startIndex + 1))
            guard end < line.bytes.endIndex else { break }
            start = end + 1
        }
        return fields
    }
}
