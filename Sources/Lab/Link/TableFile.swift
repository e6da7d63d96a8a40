// SPDX-License-Identifier: Apache-2.0
import Documents
import SystemPackage
import Traces

/// Reads an encoded `LinkTable` from front to back.
struct TableFile: ~Copyable {
    let header: LinkTable.Header
    private let path: FilePath
    private let descriptor: FileDescriptor

    /// - Throws: `Fault` if there is no such file or it does not begin like a table.
    init(_ path: FilePath) throws {
        self.path = path
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(path, .readOnly)
        } catch let error as Errno {
            throw Fault(.failed, "cannot open the link table '\(path)': \(error); check the directory of the run")
        }
        var start = [UInt8](repeating: 0, count: LinkTable.headerSize)
        do {
            try start.withUnsafeMutableBytes { try Self.fill($0, from: descriptor, path) }
            guard let header = LinkTable.Header(start) else { throw Self.cutShort(path) }
            self.header = header
            self.descriptor = descriptor
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    deinit {
        try? descriptor.close()
    }

    /// Fills `memory` with the next bytes of the file.
    func read(into memory: UnsafeMutableRawBufferPointer) throws {
        try Self.fill(memory, from: descriptor, path)
    }

    func expectEnd() throws {
        var more: UInt8 = 0
        guard try withUnsafeMutableBytes(of: &more, { try descriptor.read(into: $0) }) == 0 else {
            throw Self.cutShort(path)
        }
    }

    private static func fill(
        _ memory: UnsafeMutableRawBufferPointer, from descriptor: FileDescriptor, _ path: FilePath
    ) throws {
        var rest = memory[...]
        while !rest.isEmpty {
            let count: Int
            do {
                count = try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: rest))
            } catch let error as Errno {
                throw Fault(.failed, "cannot read the link table '\(path)': \(error); check the directory of the run")
            }
            guard count > 0 else { throw cutShort(path) }
            rest = rest.dropFirst(count)
        }
    }

    private static func cutShort(_ path: FilePath) -> Fault {
        Fault(.badInput, "'\(path)' is not a complete link table; write it again from the trace")
    }
}
