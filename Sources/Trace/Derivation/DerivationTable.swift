// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities

extension PathReport {
    /// A header line, and a line of values for each path.
    package static func table(_ reports: [PathReport]) -> TextTable {
        var table = TextTable()
        table.add([
            "path", "seconds", "down Mb/s", "up Mb/s", "full down", "full up", "outages", "outage s", "RTT min ms",
            "median",
            "95 %", "lost down", "lost up",
        ])
        for report in reports { table.add(report.cells) }
        return table
    }

    private var cells: [String] {
        func percent(_ share: Double?) -> String { share.map { ($0 * 100).text(decimals: 1) + " %" } ?? "-" }
        func milliseconds(_ time: Duration?) -> String { time.map { $0.milliseconds.text(decimals: 1) } ?? "-" }
        return [
            name, duration.seconds.text(decimals: 0), meanDown.megabitsPerSecond.text(decimals: 3),
            meanUp.megabitsPerSecond.text(decimals: 3), percent(saturatedDown), percent(saturatedUp), "\(outages)",
            outageTime.seconds.text(decimals: 1), milliseconds(roundTrip?.shortest), milliseconds(roundTrip?.median),
            milliseconds(roundTrip?.high), percent(lostDown), percent(lostUp),
        ]
    }
}
