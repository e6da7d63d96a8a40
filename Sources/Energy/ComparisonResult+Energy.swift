import Runs
import Traces
import Units

extension ComparisonResult.Energy {
    /// What the radios of one run took under every model, in the models' order; empty where a path is neither WiFi nor
    /// cellular.
    ///
    /// A strategy of one path has the other radios switched off, as PAPER's table has; every other strategy has all of them on
    /// and pays for what they take in silence.
    ///
    /// - Parameter duration: for how long was measured.
    package static func all(plan: RunPlan, series: Series, duration: Duration) -> [ComparisonResult.Energy] {
        EnergyModel.all.compactMap { model in
            var paths: [EnergyAmount] = []
            for path in plan.paths {
                guard let radio = model.radio(of: path.kind) else { return nil }
                let isOn = plan.strategy.path == nil || plan.strategy.path == path.name
                let account = EnergyAccount(
                    radio, path: path, series: series, offset: plan.offset, duration: duration)
                paths.append(isOn ? account.total : .zero)
            }
            return ComparisonResult.Energy(model: model.name, paths: paths)
        }
    }
}
