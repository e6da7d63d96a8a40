// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Traces

/// delays.csv: the delays that each run's connection met on every path, in the steps of the figures, from its first SYN
/// on.
///
/// Values are means over the step that begins at `time_s`, in microseconds: how long a packet would have waited at the
/// link, and the sender's smoothed round-trip time, which is empty while it had no connection over the path. They are
/// those of the run's main direction.
package enum DelaysFile {
    package static let header = "run,time_s,path,queue_us,rtt_us\n"

    package static func csv(of result: ComparisonResult) -> String {
        let step = FigureSeries.step(for: result.replay.duration)
        var text = header
        for run in result.runs where !run.series.delays.isEmpty {
            let delays = run.series.delays.map { $0.means(over: step) }
            for index in delays[0].queue.indices {
                let time = (step * index).seconds.text(decimals: 1)
                for path in delays {
                    let roundTrip = path.roundTrip[index]
                    text += "\(CSVField.text(run.id)),\(time),\(CSVField.text(path.path)),\(path.queue[index]),"
                    text += roundTrip > 0 ? "\(roundTrip)\n" : "\n"
                }
            }
        }
        return text
    }

    /// The delays of each of `runs`, in their order; none for the second direction of a run.
    ///
    /// - Throws: `Fault` (bad input) that names the line that is not in our format.
    static func delays(
        _ file: [UInt8], path: String, of runs: [ComparisonResult.Run], in replay: ComparisonResult.Replay
    ) throws -> [[Series.Delays]] {
        let step = FigureSeries.step(for: replay.duration)
        let paths = Set(replay.traces.map(\.name))
        var table = try CSVRows(file, path: path, header: header)
        var all: [String: [Series.Delays]] = [:]
        while let fields = try table.next() {
            let (run, name) = (CSVField.text(from: fields[0]), CSVField.text(from: fields[2]))
            guard paths.contains(name), let queue = UInt32(fields[3]),
                let roundTrip = fields[4].isEmpty ? 0 : UInt32(fields[4])
            else {
                throw table.fault("has a field that does not belong in this file")
            }
            let index: Int
            if let known = all[run]?.firstIndex(where: { $0.path == name }) {
                index = known
            } else {
                index = all[run]?.count ?? 0
                all[run, default: []].append(Series.Delays(path: name, step: step))
            }
            all[run]?[index].queue.append(queue)
            all[run]?[index].roundTrip.append(roundTrip)
        }
        return runs.map { all.removeValue(forKey: $0.id) ?? [] }
    }
}

extension Series.Delays {
    /// - Parameter step: the step of these delays, or a multiple of it.
    func means(over step: Duration) -> Self {
        let width = max(1, Int(step / self.step + 0.5))
        func mean(_ values: ArraySlice<UInt32>) -> UInt32 {
            let sum = values.reduce(0) { $0 + UInt64($1) }
            return values.isEmpty ? 0 : UInt32(clamping: (sum + UInt64(values.count / 2)) / UInt64(values.count))
        }
        let spans = stride(from: 0, to: queue.count, by: width).map { $0..<min($0 + width, queue.count) }
        return Self(
            path: path, step: step, queue: spans.map { mean(queue[$0]) },
            roundTrip: spans.map { mean(roundTrip[$0].filter { $0 > 0 }[...]) })
    }
}
