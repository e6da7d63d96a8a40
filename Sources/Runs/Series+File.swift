import Traces

/// How the guest hands its series to the host: little-endian 32-bit words. First the number of bins and of links; then the
/// delivered bytes of each bin; then for each link, in the order of the record's links, its four columns.
extension Series {
    package func encoded() -> [UInt8] {
        var words = [UInt32(delivered.count), UInt32(links.count)] + delivered
        for link in links {
            words += link.arrived + link.lost + link.dropped + link.idle.map { $0 ? 1 : 0 }
        }
        return words.map(\.littleEndian).withUnsafeBytes { Array($0) }
    }

    /// nil where `bytes` is not a whole series of these links.
    package init?(_ bytes: [UInt8], links names: [(path: String, direction: Direction)]) {
        guard bytes.count % 4 == 0, bytes.count >= 8 else { return nil }
        let words: [UInt32] = bytes.withUnsafeBytes { raw in
            (0..<raw.count / 4).map { UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)) }
        }
        let bins = Int(words[0])
        guard Int(words[1]) == names.count, words.count == 2 + bins * (1 + 4 * names.count) else { return nil }
        func column(_ index: Int) -> [UInt32] { Array(words[(2 + index * bins)..<(2 + (index + 1) * bins)]) }
        self.init(
            delivered: column(0),
            links: names.enumerated().map { index, name in
                Link(
                    path: name.path, direction: name.direction, arrived: column(1 + index * 4),
                    lost: column(2 + index * 4), dropped: column(3 + index * 4),
                    idle: column(4 + index * 4).map { $0 != 0 })
            })
    }

    /// The first `bins` bins.
    package func prefix(_ bins: Int) -> Series {
        Series(
            delivered: Array(delivered.prefix(bins)),
            links: links.map {
                Link(
                    path: $0.path, direction: $0.direction, arrived: Array($0.arrived.prefix(bins)),
                    lost: Array($0.lost.prefix(bins)), dropped: Array($0.dropped.prefix(bins)),
                    idle: Array($0.idle.prefix(bins)))
            })
    }
}
