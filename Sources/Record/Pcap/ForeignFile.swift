// SPDX-License-Identifier: Apache-2.0
/// Recognises files that are not captures by their first bytes.
package enum ForeignFile {
    /// What kind of file begins with these bytes and what to do about it; nil if unknown.
    package static func name(_ start: RawSpan) -> String? {
        let bytes = start.extracting(0..<min(start.byteCount, 64)).array
        return known.first { bytes.starts(with: $0.start) }.map { "is \($0.name)" }
    }

    private static let convert = "; convert it to pcapng first, with editcap of Wireshark"

    private static let known: [(start: [UInt8], name: String)] = [
        (Array("snoop\0\0\0".utf8), "a snoop capture" + convert),
        (Array("btsnoop\0".utf8), "a Bluetooth capture, which holds no IP packets; name another file"),
        (Array("GMBU".utf8), "a Microsoft Network Monitor capture" + convert),
        (Array("RTSS".utf8), "a Microsoft Network Monitor capture" + convert),
        (Array("TRSNIFF data    \u{1a}".utf8), "a Sniffer capture" + convert),
        ([0xac, 0x01, 0x00, 0x1c], "an IXIA capture" + convert),
        ([0xab, 0x01, 0x00, 0x1c], "an IXIA capture" + convert),
        ([0x1f, 0x8b], "a gzip file that holds no capture; name another file"),
        ([0x28, 0xb5, 0x2f, 0xfd], "a zstd file that holds no capture; name another file"),
        (Array("BZh".utf8), "a bzip2 file; unpack it first"),
        ([0xfd] + Array("7zXZ\0".utf8), "an xz file; unpack it first"),
        ([0x04, 0x22, 0x4d, 0x18], "an lz4 file; unpack it first"),
        (Array("PK\u{3}\u{4}".utf8), "a zip archive; unpack it first"),
        (Array("7z".utf8) + [0xbc, 0xaf], "a 7-Zip archive; unpack it first"),
        (Array("SQLite format 3\0".utf8), "an SQLite database; name another file"),
        (Array("%PDF-".utf8), "a PDF document; name another file"),
        ([0x89] + Array("PNG".utf8), "a PNG image; name another file"),
        ([0xff, 0xd8, 0xff], "a JPEG image; name another file"),
        ([0x7f] + Array("ELF".utf8), "a program; name another file"),
    ]

    /// Why a file is not a capture, worded as the end of a sentence.
    static func objection(to start: RawSpan, _ failure: String?) -> String {
        if start.byteCount == 0 { return failure.map { "holds nothing: \($0)" } ?? "is empty" }
        if let name = name(start) { return name }
        return "is not a capture, because it begins like neither pcap nor pcapng; name another file"
    }
}
