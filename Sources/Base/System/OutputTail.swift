// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import SystemPackage

/// Passes on what is appended to files while another process writes them. This shows the output of a guest's programs
/// while they run.
package final class OutputTail {
    /// How often the files are checked, in microseconds of real time.
    private static let interval: UInt32 = 50_000

    private final class End: Sendable {
        let isThere = Mutex(false)
    }

    private let end: End
    private let running: DedicatedThread.Running<Void>

    /// - Parameters:
    ///   - files: their names in `directory`; the files need not exist yet. What is not a regular file is ignored.
    ///   - take: called on a separate thread with the index of a file and the bytes appended to it.
    package init(
        _ files: [String], in directory: HeldDirectory, take: @escaping @Sendable (Int, ArraySlice<UInt8>) -> Void
    ) throws {
        let end = End()
        self.end = end
        running = try DedicatedThread.start {
            var tails = files.map { Tail(name: $0, directory: directory) }
            var isOver = false
            while !isOver {
                // This is asked first, so that everything written before the end is still read.
                isOver = end.isThere.withLock { $0 }
                for index in tails.indices { tails[index].read { take(index, $0) } }
                if !isOver { usleep(Self.interval) }
            }
        }
    }

    /// Passes on what is left. Must be called exactly once.
    package func finish() {
        end.isThere.withLock { $0 = true }
        running.wait()
    }

    private struct Tail {
        let name: String
        let directory: HeldDirectory
        var offset: Int64 = 0

        mutating func read(_ take: (ArraySlice<UInt8>) -> Void) {
            guard let file = directory.regularFile(name) else { return }
            defer { try? file.close() }
            while true {
                let bytes = try? [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                    count = try file.read(fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))
                }
                guard let bytes, !bytes.isEmpty else { return }
                offset += Int64(bytes.count)
                take(bytes[...])
            }
        }
    }
}
