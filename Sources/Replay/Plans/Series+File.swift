// SPDX-License-Identifier: Apache-2.0
import Traces

/// The format in which the guest hands its series to the host: little-endian 32-bit words. First the numbers of bins,
/// of other flows, of links, of paths with delays and of their steps; then the delivered bytes of each bin, for the
/// main flow and for each other flow; then the four columns of each link, in the order of the record's links; then the
/// queue and the round-trip times of each path, in the order in which the links name the paths.
extension Series {
    private static let headerWords = 5

    package func encoded() -> [UInt8] {
        var words = [delivered.count, others.count, links.count, delays.count, delays.first?.queue.count ?? 0]
            .map { UInt32($0) }
        words += delivered
        for flow in others { words += flow }
        for link in links {
            words += link.arrived + link.lost + link.dropped + link.idle.map { $0 ? 1 : 0 }
        }
        for delay in delays { words += delay.queue + delay.roundTrip }
        return words.map(\.littleEndian).withUnsafeBytes { Array($0) }
    }

    /// nil if `bytes` is not a complete series of these links.
    package init?(_ bytes: [UInt8], links names: [(path: String, direction: Direction)]) {
        guard bytes.count % 4 == 0, bytes.count >= Self.headerWords * 4 else { return nil }
        let words: [UInt32] = bytes.withUnsafeBytes { raw in
            (0..<raw.count / 4).map { UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)) }
        }
        // The product of larger numbers might overflow, and the file has no room for as many columns anyway.
        guard words.prefix(Self.headerWords).allSatisfy({ $0 <= words.count }) else { return nil }
        let bins = Int(words[0])
        let flows = 1 + Int(words[1])
        var paths: [String] = []
        for name in names where !paths.contains(name.path) { paths.append(name.path) }
        paths = Array(paths.prefix(Int(words[3])))
        let steps = Int(words[4])
        let delaysStart = Self.headerWords + bins * (flows + 4 * names.count)
        guard Int(words[2]) == names.count, Int(words[3]) == paths.count,
            words.count == delaysStart + steps * 2 * paths.count
        else { return nil }
        func column(_ index: Int) -> [UInt32] {
            Array(words[(Self.headerWords + index * bins)..<(Self.headerWords + (index + 1) * bins)])
        }
        func delays(_ index: Int) -> [UInt32] {
            Array(words[(delaysStart + index * steps)..<(delaysStart + (index + 1) * steps)])
        }
        self.init(
            delivered: column(0), others: (1..<flows).map(column),
            links: names.enumerated().map { index, name in
                let first = flows + index * 4
                return Link(
                    path: name.path, direction: name.direction, arrived: column(first), lost: column(first + 1),
                    dropped: column(first + 2), idle: column(first + 3).map { $0 != 0 })
            },
            delays: paths.enumerated().map { index, path in
                Delays(path: path, queue: delays(2 * index), roundTrip: delays(2 * index + 1))
            })
    }

    /// The first `bins` bins.
    package func prefix(_ bins: Int) -> Series {
        Series(
            delivered: Array(delivered.prefix(bins)), others: others.map { Array($0.prefix(bins)) },
            links: links.map {
                Link(
                    path: $0.path, direction: $0.direction, arrived: Array($0.arrived.prefix(bins)),
                    lost: Array($0.lost.prefix(bins)), dropped: Array($0.dropped.prefix(bins)),
                    idle: Array($0.idle.prefix(bins)))
            }, delays: delays)
    }
}
