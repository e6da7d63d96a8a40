// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Radios
import Results

extension ComparisonResult.Energy {
    /// The energy that the radios of one run took under every model, in the order of the models. Empty if a path is
    /// neither WiFi nor cellular.
    ///
    /// A strategy that uses one path has the other radios switched off, as in PAPER's table. Every other strategy keeps
    /// all radios on and pays for what they take in silence.
    ///
    /// - Parameter duration: how long the measurement lasted.
    package static func all(plan: RunPlan, series: Series, duration: Duration) -> [ComparisonResult.Energy] {
        // Models with the same step share one activity.
        var seen: [String: [(step: Duration, activity: Activity)]] = [:]
        func activity(_ path: RunPlan.Path, step: Duration) -> Activity {
            if let known = seen[path.name]?.first(where: { $0.step == step }) { return known.activity }
            let activity = Activity(of: path, in: series, step: step, offset: plan.offset, duration: duration)
            seen[path.name, default: []].append((step, activity))
            return activity
        }
        return EnergyModel.all.compactMap { model in
            var paths: [EnergyAmount] = []
            for path in plan.paths {
                guard let radio = model.radio(of: path.kind) else { return nil }
                let isOn = plan.onlyPath == nil || plan.onlyPath == path.name
                paths.append(isOn ? EnergyAccount(radio, activity(path, step: radio.activityStep)).total : .zero)
            }
            return ComparisonResult.Energy(model: model.name, paths: paths)
        }
    }
}
