// SPDX-License-Identifier: Apache-2.0
import Determinism
import Statistics

/// What our walks show about one claim.
struct Finding {
    enum Verdict: String {
        case agrees = "so here, too"
        case disagrees = "not so here"
        /// The interval allows either answer.
        case open = "these walks do not tell"
    }

    /// The paper's claim in our words, with its number.
    let claim: String
    /// What we found, with our number.
    let here: String
    let verdict: Verdict

    init(_ claim: String, here: String, verdict: Verdict) {
        self.claim = claim
        self.here = here
        self.verdict = verdict
    }

    static func verdict(_ ratios: Sample, isAbove: Bool = true) -> Verdict {
        guard let interval = ratios.meanInterval(), !interval.contains(1) else { return .open }
        return (interval.low > 1) == isAbove ? .agrees : .disagrees
    }

    /// "1.12 (1.08 to 1.16, 20 walks)".
    static func text(_ sample: Sample, decimals: Int = 3) -> String {
        guard let mean = sample.mean else { return "not measured" }
        let count = "\(sample.values.count) walk\(sample.values.count == 1 ? "" : "s")"
        guard let interval = sample.meanInterval()?.cutAtZero else {
            return "\(mean.text(decimals: decimals)) (\(count))"
        }
        return
            "\(mean.text(decimals: decimals)) (\(interval.low.text(decimals: decimals)) to "
            + "\(interval.high.text(decimals: decimals)), \(count))"
    }
}
