// SPDX-License-Identifier: Apache-2.0
import Derivation
import Determinism
import Documents
import Quantities
import Results
import Plans
import Traces
import Verification

/// What a replay predicts for live transfers, next to what they achieved (schema `walkback.prediction/1`).
package struct Prediction: Sendable {
    package static let fileName = "prediction.json"

    /// One transfer.
    package struct Stretch: Sendable {
        let start: Duration
        let strategy: StrategyName
        let transfer: LiveTransfer
        let known: [(path: String, share: Double)]
        let runs: [ComparisonResult.Run]

        var live: DataRate { transfer.bytes.rate(over: transfer.duration) }
        var liveGap: Duration { LongestGap.of(delivered: transfer.bins) }
        /// The mean over seeds, taken over the stretch's whole time, however early a run ended.
        var predicted: DataRate {
            let bits = runs.map { $0.delivered.rate(over: transfer.duration).bitsPerSecond }
            return DataRate(bitsPerSecond: bits.reduce(0, +) / Double(max(1, bits.count)))
        }
        var predictedGap: Duration { runs.map(\.longestGap).reduce(.zero, +) / max(1, runs.count) }
    }

    let replay: String
    let sha256: String
    let walkback: String
    let kernelRelease: String
    let kernelPatches: [String]
    /// What the kernel reported in the runs: several names if the runs disagree, none if no run had a connection.
    let congestionControls: [String]
    package let stretches: [Stretch]

    private var time: Duration { stretches.map(\.transfer.duration).reduce(.zero, +) }
    private var live: DataRate { stretches.map(\.transfer.bytes).reduce(.zero, +).rate(over: time) }
    private var predicted: DataRate {
        let bits = stretches.reduce(0) { $0 + $1.predicted.bitsPerSecond * $1.transfer.duration.seconds }
        return DataRate(bitsPerSecond: bits / time.seconds)
    }
    private var liveGap: Duration { stretches.map(\.liveGap).max() ?? .zero }
    private var predictedGap: Duration { stretches.map(\.predictedGap).max() ?? .zero }

    /// What makes the prediction untrustworthy, one sentence each.
    package var doubts: [String] {
        stretches.flatMap(\.runs).flatMap(Self.doubts)
    }

    private static func doubts(about run: ComparisonResult.Run) -> [String] {
        var doubts: [String] = []
        if let failure = run.failure { doubts.append("run \(run.id): \(failure)") }
        if !run.verified { doubts.append("run \(run.id): the delivered bytes are not the bytes that were sent") }
        for link in run.fidelity where link.violations > 0 {
            doubts.append(
                "run \(run.id): path \(link.path), \(link.direction.rawValue)link, differs from its trace in "
                    + "\(link.violations) windows of \(link.window.milliseconds.text()) ms")
        }
        return doubts
    }

    /// A row for each stretch, and one for all stretches, in which gaps are the longest of all.
    package var table: String {
        var table = TextTable()
        table.add([
            "stretch", "from s", "for s", "as", "live Mb/s", "predicted", "ratio", "live gap s", "predicted",
            "rate known",
        ])
        for (index, stretch) in stretches.enumerated() {
            table.add([
                "\(index + 1) \(stretch.transfer.direction.rawValue)", stretch.start.seconds.text(decimals: 1),
                stretch.transfer.duration.seconds.text(decimals: 1), "\(stretch.strategy)",
                stretch.live.megabitsPerSecond.text(decimals: 3), stretch.predicted.megabitsPerSecond.text(decimals: 3),
                Self.ratio(stretch.predicted, stretch.live)?.text(decimals: 3) ?? "-",
                stretch.liveGap.seconds.text(decimals: 2), stretch.predictedGap.seconds.text(decimals: 2),
                stretch.known.map { "\($0.path) \(($0.share * 100).text(decimals: 0)) %" }.joined(separator: ", "),
            ])
        }
        table.add([
            "all", "", time.seconds.text(decimals: 1), "", live.megabitsPerSecond.text(decimals: 3),
            predicted.megabitsPerSecond.text(decimals: 3), Self.ratio(predicted, live)?.text(decimals: 3) ?? "-",
            liveGap.seconds.text(decimals: 2), predictedGap.seconds.text(decimals: 2),
        ])
        return table.text
    }

    package var json: JSON {
        .object([
            "schema": .string("walkback.prediction/1"),
            "replay": .object(["name": .string(replay), "sha256": .string(sha256)]),
            "environment": .object([
                "walkback": .string(walkback),
                "kernel": .object([
                    "release": .string(kernelRelease), "patches": .array(kernelPatches.map { .string($0) }),
                ]),
                "congestion_control": congestionControls.isEmpty
                    ? .null : .string(congestionControls.joined(separator: ", ")),
            ]),
            "stretches": .array(stretches.map(Self.stretch)),
            "all": .object([
                "duration_s": .number(time.seconds), "live_mbps": .number(live.megabitsPerSecond),
                "predicted_mbps": .number(predicted.megabitsPerSecond),
                "ratio": .optional(Self.ratio(predicted, live)), "live_gap_s": .number(liveGap.seconds),
                "predicted_gap_s": .number(predictedGap.seconds),
            ]),
        ])
    }

    private static func stretch(_ stretch: Stretch) -> JSON {
        .object([
            "start_s": .number(stretch.start.seconds), "duration_s": .number(stretch.transfer.duration.seconds),
            "direction": .string(stretch.transfer.direction.rawValue), "strategy": .string("\(stretch.strategy)"),
            "live_bytes": .bytes(stretch.transfer.bytes), "live_mbps": .number(stretch.live.megabitsPerSecond),
            "live_gap_s": .number(stretch.liveGap.seconds),
            "predicted_mbps": .number(stretch.predicted.megabitsPerSecond),
            "predicted_gap_s": .number(stretch.predictedGap.seconds),
            "ratio": .optional(ratio(stretch.predicted, stretch.live)),
            "rate_known": .object(
                Dictionary(stretch.known.map { ($0.path, JSON.number($0.share)) }, uniquingKeysWith: { $1 })),
            "runs": .array(
                stretch.runs.map { run in
                    .object([
                        "seed": .integer(Int64(clamping: run.seed)), "app_bytes": .bytes(run.delivered),
                        "longest_gap_s": .number(run.longestGap.seconds), "verified": .bool(run.verified),
                    ])
                }),
        ])
    }

    private static func ratio(_ predicted: DataRate, _ live: DataRate) -> Double? {
        live > .zero ? predicted.bitsPerSecond / live.bitsPerSecond : nil
    }
}
