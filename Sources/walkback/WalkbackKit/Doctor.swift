// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents
import Kernels

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a kernel has that a replay may ask for.",
        discussion: """
            Example: walkback doctor

            Exit code 69 where the kernel has no Multipath TCP or not the congestion control that is asked for.

            Example: walkback doctor --kernel host --congestion-control lia
            """)

    @Option(help: "embedded, host or the file of an embedded kernel.")
    var kernel = "embedded"

    @Option(help: "A congestion control that the kernel is to have.")
    var congestionControl: String?

    func run() throws {
        let offers = kernel == "host" ? try KernelOffers.ofHost() : try Kernel.find(kernel).offers()
        let coupled = offers.congestionControls.filter(KernelOffers.coupledControls.contains)
        let lines = [
            ("kernel", "Linux \(offers.release)"),
            ("Multipath TCP", offers.hasMPTCP ? "yes" : "no"),
            ("MPTCP schedulers", offers.schedulers.isEmpty ? "not known" : offers.schedulers.joined(separator: ", ")),
            ("congestion control", offers.congestionControls.joined(separator: ", ")),
            ("coupled congestion control", coupled.isEmpty ? "none" : coupled.joined(separator: ", ")),
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
