// SPDX-License-Identifier: Apache-2.0
import Quantities

/// The rows of a CSV file that Walkback wrote. The file need not be in memory as a whole.
package struct CSVRows {
    package let path: String
    private let columns: Int
    /// The next piece of the file; empty at its end.
    private let more: () throws -> [UInt8]
    private var isAtEnd = false
    /// What has been read of the file and is not yet passed on begins at `place`.
    private var bytes: [UInt8] = []
    private var place = 0
    private var line = 1

    /// No row of ours is longer; a foreign file may be one line of any length.
    private static let longestLine = 1 << 20

    /// - Throws: `Fault` (bad input) if the first line is not `header`.
    package init(_ bytes: [UInt8], path: String, header: String) throws {
        var rest = [bytes]
        try self.init(path: path, header: header) { rest.popLast() ?? [] }
    }

    /// - Parameter more: returns the next piece of the file; empty at its end.
    /// - Throws: `Fault` (bad input) if the first line is not `header`, or what `more` throws.
    package init(path: String, header: String, _ more: @escaping () throws -> [UInt8]) throws {
        self.path = path
        self.more = more
        columns = header.utf8.count { $0 == UInt8(ascii: ",") } + 1
        while bytes.count < header.utf8.count, try refill() {}
        guard bytes.starts(with: header.utf8) else {
            throw fault("does not begin with '\(header.dropLast())'")
        }
        place = header.utf8.count
    }

    package func fault(_ what: String) -> Fault {
        .input(path, line: line, "\(what), so the result is damaged; compare again")
    }

    /// - Returns: false at the end of the file.
    private mutating func refill() throws -> Bool {
        guard !isAtEnd else { return false }
        let piece = try more()
        isAtEnd = piece.isEmpty
        bytes.removeFirst(place)
        place = 0
        bytes += piece
        return !isAtEnd
    }

    /// The next row; nil at the end of the file.
    package mutating func next() throws -> [String]? {
        if place == bytes.count, try !refill() { return nil }
        line += 1
        var fields: [String] = []
        fields.reserveCapacity(columns)
        // Positions are relative to the row's beginning, which moves when more is read.
        var (start, end) = (0, 0)
        var (isQuoted, hasQuotes) = (false, false)
        while true {
            guard end < Self.longestLine else { throw fault("has a line of more than \(Self.longestLine) bytes") }
            if place + end == bytes.count, try !refill() { throw fault("ends in the middle of a line") }
            let byte = bytes[place + end]
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
                hasQuotes = true
            } else if !isQuoted, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") {
                let field = String(decoding: bytes[(place + start)..<(place + end)], as: UTF8.self)
                fields.append(hasQuotes ? Self.withoutQuotes(field) : field)
                (start, hasQuotes) = (end + 1, false)
            }
            end += 1
            if !isQuoted, byte == UInt8(ascii: "\n") { break }
        }
        place += end
        guard fields.count == columns else { throw fault("has \(fields.count) fields instead of \(columns)") }
        return fields
    }

    /// A quote within quotes is written twice.
    private static func withoutQuotes(_ field: String) -> String {
        guard field.hasPrefix("\""), field.hasSuffix("\""), field.utf8.count >= 2 else { return field }
        var inner: [UInt8] = []
        var isSecond = false
        for byte in field.utf8.dropFirst().dropLast() {
            isSecond = byte == UInt8(ascii: "\"") && !isSecond
            if byte != UInt8(ascii: "\"") || isSecond { inner.append(byte) }
        }
        return String(decoding: inner, as: UTF8.self)
    }

    package func seconds(_ field: String) -> Duration? { Double(field).flatMap { Duration(exactlySeconds: $0) } }
}
