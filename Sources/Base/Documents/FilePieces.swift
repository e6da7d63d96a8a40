// SPDX-License-Identifier: Apache-2.0

/// A file that is read piece by piece, because it may be too large for memory.
package struct FilePieces {
    /// The file's size in bytes.
    package let size: Int
    /// Returns the next piece; an empty one at the end of the file.
    package let next: () throws -> [UInt8]

    package init(size: Int, next: @escaping () throws -> [UInt8]) {
        self.size = size
        self.next = next
    }

    /// A file that is in memory already.
    package init(_ bytes: [UInt8]) {
        var rest = [bytes]
        self.init(size: bytes.count) { rest.popLast() ?? [] }
    }
}
