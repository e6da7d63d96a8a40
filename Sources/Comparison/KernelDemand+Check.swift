import Kernels
import Replays
import Units

extension KernelDemand {
    /// - Throws: exit code 69 where the kernel says that it has no such thing.
    func check(against offers: KernelOffers) throws {
        let (offered, what) =
            switch kind {
            case .congestionControl: (offers.congestionControls, "congestion control")
            case .scheduler: (offers.schedulers, "MPTCP scheduler")
            }
        guard !offered.isEmpty, !offered.contains(name) else { return }
        throw Fault(
            .missingFeature,
            "\(place): the kernel \(offers.release) has no \(what) '\(name)'\(Suggestion.ending(for: name, among: offered))"
        )
    }
}
