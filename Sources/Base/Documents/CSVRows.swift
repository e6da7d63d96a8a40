// SPDX-License-Identifier: Apache-2.0
import Quantities

/// The rows of a CSV file that Walkback wrote: no field needs quotes.
package struct CSVRows {
    package let path: String
    private let bytes: [UInt8]
    private let columns: Int
    private var place: Int
    private var line = 1

    /// - Throws: `Fault` (bad input) if the first line is not `header`.
    package init(_ bytes: [UInt8], path: String, header: String) throws {
        self.bytes = bytes
        self.path = path
        columns = header.utf8.count { $0 == UInt8(ascii: ",") } + 1
        place = header.utf8.count
        guard bytes.starts(with: header.utf8) else {
            throw fault("does not begin with '\(header.dropLast())'")
        }
    }

    package func fault(_ what: String) -> Fault {
        .input(path, line: line, "\(what), so the result is damaged; compare again")
    }

    /// The next row; nil at the end of the file.
    package mutating func next() throws -> [String]? {
        guard place < bytes.count else { return nil }
        line += 1
        var fields: [String] = []
        fields.reserveCapacity(columns)
        var start = place
        while true {
            guard place < bytes.count else { throw fault("ends in the middle of a line") }
            let byte = bytes[place]
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") {
                fields.append(String(decoding: bytes[start..<place], as: UTF8.self))
                start = place + 1
            }
            place += 1
            if byte == UInt8(ascii: "\n") { break }
        }
        guard fields.count == columns else { throw fault("has \(fields.count) fields instead of \(columns)") }
        return fields
    }

    package func seconds(_ field: String) -> Duration? { Double(field).flatMap { Duration(exactlySeconds: $0) } }
}
