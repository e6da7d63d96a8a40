// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// What a recording displays while it runs.
package struct RecordingView {
    package struct Row {
        var name: String
        var isThere = false
        /// The rate in the last second.
        var down = DataRate.zero
        var up = DataRate.zero
        /// The rates of the last seconds, oldest first.
        var history: [DataRate] = []
        /// In dBm; nil if unknown.
        var signal: Int?
        var drops: UInt64 = 0
    }

    package struct State {
        var elapsed: Duration
        var rows: [Row]
        var size: ByteCount
        var diskLeft: ByteCount
    }

    static let historyLength = 30

    /// One line on the whole recording and one per interface, without line ends.
    package static func lines(_ state: State) -> [String] {
        let common =
            "\(time(state.elapsed))   captured \(size(state.size))   disk left \(size(state.diskLeft))"
        let width = state.rows.map(\.name.count).max() ?? 0
        return [common]
            + state.rows.map { row in
                let name = row.name + String(repeating: " ", count: width - row.name.count)
                guard row.isThere else { return "\(name)  not there" }
                var line = "\(name)  down \(rate(row.down))  up \(rate(row.up))"
                if let signal = row.signal { line += "  \(signal) dBm" }
                return line + "  drops \(row.drops)  \(sparkline(row.history))"
            }
    }

    /// Formats hours, minutes and seconds.
    static func time(_ span: Duration) -> String {
        let seconds = Int(span.seconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    private static func size(_ bytes: ByteCount) -> String {
        bytes.bytes >= 10_000_000_000
            ? "\((bytes.megabytes / 1000).text(decimals: 1)) GB" : "\(bytes.megabytes.text(decimals: 1)) MB"
    }

    private static func rate(_ rate: DataRate) -> String {
        let number = rate.megabitsPerSecond.text(decimals: 2)
        return String(repeating: " ", count: max(0, 7 - number.count)) + number + " Mb/s"
    }

    private static let blocks = Array("▁▂▃▄▅▆▇█")

    static func sparkline(_ rates: [DataRate]) -> String {
        let most = rates.map(\.bitsPerSecond).max() ?? 0
        return String(
            rates.map { rate in
                most > 0 ? blocks[Int((rate.bitsPerSecond / most * Double(blocks.count - 1)).rounded())] : blocks[0]
            })
    }
}
