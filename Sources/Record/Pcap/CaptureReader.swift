// SPDX-License-Identifier: Apache-2.0
import Documents

/// Reads a capture from front to back: classic pcap in either byte order with micro- or nanoseconds, its modified
/// variant, and pcapng; each may also be compressed by gzip or zstd.
///
/// Packets are passed on in place, in a window of the file: each is copied only once, out of the system, and memory use
/// does not depend on the file's length. Damage ends reading, or a block, and is kept in `damage`; it is never an
/// error.
package struct CaptureReader: ~Copyable {
    package let path: String
    package let format: CaptureFormat
    private let contents: CaptureContents
    private var blocks: CaptureBlocks

    /// - Throws: `Fault` (bad input) if the file cannot be read or is not a capture; the message says what it is if
    ///   that can be recognised.
    package init(_ path: String) throws(Fault) {
        let contents = try CaptureContents(path)
        guard let format = CaptureFormat(header: contents.bytes) else {
            throw Fault.input(path, ForeignFile.objection(to: contents.bytes, contents.failure))
        }
        self.path = path
        self.format = format
        self.contents = contents
        blocks = CaptureBlocks()
        if case .pcap(let layout) = format { blocks.begin(layout) }
    }

    /// "gzip" or "zstd"; nil if the file is not compressed.
    package var compression: String? { contents.compression?.name }

    /// The interfaces of all sections in file order, as far as the file has been read.
    package var interfaces: [CaptureInterface] { blocks.interfaces.map(\.description) }
    /// The latest statistics of each interface; nil if the capture has none.
    package var statistics: [InterfaceStatistics?] { blocks.interfaces.map(\.statistics) }
    package var sections: [CaptureSection] { blocks.sections }
    package var damage: DamageLog { blocks.damage }

    /// Passes every packet to `body` in file order. Works once: no packets are left afterwards.
    ///
    /// - Throws: what `body` throws.
    package mutating func forEach(_ body: (borrowing Packet) throws -> Void) throws {
        try readAll { try body(Packet($0, $1, $2)) }
    }

    /// Like `forEach`, but for callers in this module with a known body: everything is inlined together with it.
    @inline(__always)
    mutating func readAll(_ body: PacketRecord.Body) rethrows {
        if case .pcap(let layout) = format, contents.offset == 0 {
            contents.advance(by: PcapLayout.headerSize, needed: layout.recordHeaderSize)
        }
        // The reader's state is copied because a window is borrowed from the reader while its records change that
        // state.
        var blocks = CaptureBlocks()
        swap(&blocks, &self.blocks)
        defer { swap(&blocks, &self.blocks) }
        while true {
            let isLast = contents.isLast
            let progress: CaptureBlocks.Progress
            switch format {
            case .pcap(let layout):
                progress = try blocks.readRecords(contents.bytes, at: contents.offset, layout, body)
            case .pcapng:
                progress = try blocks.readBlocks(contents.bytes, at: contents.offset, body)
            }
            let left = contents.bytes.byteCount - progress.consumed
            if progress.isOver { return }
            if isLast {
                if left > 0 || contents.failure != nil {
                    blocks.reportEnd(
                        contents.offset + Int64(progress.consumed), left: left, needed: progress.needed,
                        cause: contents.failure)
                }
                return
            }
            contents.advance(by: progress.consumed, needed: progress.needed)
        }
    }
}

/// What a section of a pcapng file says about itself.
package struct CaptureSection: Sendable, Equatable {
    package var hardware: String?
    package var operatingSystem: String?
    package var application: String?
    package var comments: [String]
}

/// The beginning of a file, for callers that need to identify the file before reading it.
package struct FileStart: Sendable, Equatable {
    package let isCapture: Bool
    /// At most the requested number of bytes, decompressed if the file is compressed in a way that captures are.
    package let bytes: [UInt8]
    /// What the file is if it is not a format read here, worded as the end of a sentence; nil if unknown.
    package let foreign: String?

    /// - Throws: `Fault` (bad input) if the file cannot be read.
    package init(of path: String, size: Int) throws(Fault) {
        let contents = try CaptureContents(path)
        isCapture = CaptureFormat(header: contents.bytes) != nil
        bytes = contents.bytes.extracting(0..<min(size, contents.bytes.byteCount)).array
        foreign = ForeignFile.name(contents.bytes)
    }
}
