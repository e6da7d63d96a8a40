// SPDX-License-Identifier: Apache-2.0
import Documents

/// Reads a capture from front to back: pcap of either byte order, micro- or nanoseconds and the modified variant, and
/// pcapng, each also compressed by gzip or zstd.
///
/// Packets are handed out where they lie in a window of the file: each is copied once, from the system, and memory
/// stays the same however long the file. Damage ends reading, or a block, and is kept in `damage`; it is never an
/// error.
package struct CaptureReader: ~Copyable {
    package let path: String
    package let format: CaptureFormat
    private let contents: CaptureContents
    private var blocks: CaptureBlocks

    /// - Throws: `Fault` (bad input) where the file cannot be read or is no capture; the message says what it is, where
    ///   that can be seen.
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

    /// "gzip" or "zstd"; nil where the file is not compressed.
    package var compression: String? { contents.compression?.name }

    /// In the order of the file, those of all sections. What is read so far is known so far.
    package var interfaces: [CaptureInterface] { blocks.interfaces.map(\.description) }
    /// The latest of each interface; nil where the capture has none.
    package var statistics: [InterfaceStatistics?] { blocks.interfaces.map(\.statistics) }
    package var sections: [CaptureSection] { blocks.sections }
    package var damage: DamageLog { blocks.damage }

    /// Hands every packet to `body`, in the order of the file. Once: afterwards there are no more.
    ///
    /// - Throws: what `body` throws.
    package mutating func forEach(_ body: (borrowing Packet) throws -> Void) throws {
        try readAll { try body(Packet($0, $1, $2)) }
    }

    /// `forEach` for callers of this module who know what they do with each packet: all of it is inlined with it.
    @inline(__always)
    mutating func readAll(_ body: PacketRecord.Body) rethrows {
        if case .pcap(let layout) = format, contents.offset == 0 {
            contents.advance(by: PcapLayout.headerSize, needed: layout.recordHeaderSize)
        }
        // A window is borrowed from this reader while its records change what the reader knows.
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

/// What a section of a pcapng file says of itself.
package struct CaptureSection: Sendable, Equatable {
    package var hardware: String?
    package var operatingSystem: String?
    package var application: String?
    package var comments: [String]
}

/// How a file begins, for those who ask what it is before they read it.
package struct FileStart: Sendable, Equatable {
    package let isCapture: Bool
    /// At most as many as were asked for, decompressed where the file is compressed as captures are.
    package let bytes: [UInt8]
    /// What the file is where it is none of ours, as the end of a sentence; nil where that is not known.
    package let foreign: String?

    /// - Throws: `Fault` (bad input) where the file cannot be read.
    package init(of path: String, size: Int) throws(Fault) {
        let contents = try CaptureContents(path)
        isCapture = CaptureFormat(header: contents.bytes) != nil
        bytes = contents.bytes.extracting(0..<min(size, contents.bytes.byteCount)).array
        foreign = ForeignFile.name(contents.bytes)
    }
}
