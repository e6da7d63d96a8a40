// SPDX-License-Identifier: Apache-2.0
import Documents
import Kernels
import Plans
import Replays
import Settings
import System

extension KernelDemand {
    /// - Throws: exit code 69 if the kernel reports that it lacks this.
    func check(against offers: KernelOffers) throws {
        let (offered, what) =
            switch kind {
            case .congestionControl: (offers.congestionControls, "congestion control")
            case .scheduler: (offers.schedulers, "MPTCP scheduler")
            }
        guard !offered.isEmpty, !offered.contains(name) else { return }
        throw Fault(
            .missingFeature,
            "\(place): the kernel \(offers.release) has no \(what) "
                + "'\(name)'\(Suggestion.ending(for: name, among: offered))"
        )
    }
}

extension Kernel {
    /// - Throws: exit code 69 if this kernel lacks one of them.
    package func check(_ demands: [KernelDemand], cancellation: Cancellation) throws {
        guard !demands.isEmpty else { return }
        let offers = try offers(cancellation: cancellation)
        for demand in demands { try demand.check(against: offers) }
    }
}

extension Replay {
    /// Replaces the replay's congestion control, as the option of that name does.
    mutating func use(congestionControl name: String) throws {
        guard KernelDemand.isPossible(name) else {
            throw Fault(
                .usage, "--congestion-control '\(name)' cannot be a name in the kernel; write a name like 'lia'")
        }
        settings.transport.congestionControl = name
        demands.removeAll { $0.kind == .congestionControl }
        demands.append(KernelDemand(.congestionControl, name, at: "--congestion-control"))
    }
}
