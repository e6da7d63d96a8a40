// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents
import Kernels

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which features for replays a kernel has, and what contains its guests.",
        discussion: """
            Example: walkback doctor

            The exit code is 69 if the kernel lacks Multipath TCP or the congestion control of --congestion-control.

            Example: walkback doctor --kernel host --congestion-control lia
            """)

    @Option(help: "Kernel: embedded, host, or the file of an embedded kernel.")
    var kernel = "embedded"

    @OptionGroup(title: "Containment of guests")
    var guests: GuestOptions

    @Option(help: "Congestion control that the kernel must have.")
    var congestionControl: String?

    func run() throws {
        let choice = try guests.choice(of: kernel)
        let found = kernel == "host" ? nil : try choice.find()
        let offers = try found?.offers() ?? KernelOffers.ofHost()
        let coupled = offers.congestionControls.filter(KernelOffers.coupledControls.contains)
        let lines = [
            ("kernel", "Linux \(offers.release)"),
            ("Multipath TCP", offers.hasMPTCP ? "yes" : "no"),
            ("MPTCP schedulers", offers.schedulers.isEmpty ? "not known" : offers.schedulers.joined(separator: ", ")),
            ("congestion control", offers.congestionControls.joined(separator: ", ")),
            ("coupled congestion control", coupled.isEmpty ? "none" : coupled.joined(separator: ", ")),
            ("containment of guests", found?.containment ?? "none: the host's own kernel starts no guest"),
        ]
        for (name, value) in lines { Walkback.write("\(name): \(value)\n", to: 1) }
        if !offers.hasMPTCP {
            throw Fault(.missingFeature, "this kernel has no Multipath TCP; use the embedded kernel (make kernel)")
        }
        if let congestionControl, !offers.congestionControls.contains(congestionControl) {
            throw Fault(
                .missingFeature,
                "the kernel \(offers.release) has no congestion control '\(congestionControl)'"
                    + Suggestion.ending(for: congestionControl, among: offers.congestionControls))
        }
    }
}
