// SPDX-License-Identifier: Apache-2.0
import Documents

/// A kernel feature that the lab requires and that not every kernel has.
package enum KernelFeature: String, Sendable, CaseIterable {
    case veth, fq, clsact, mptcp

    private var description: (name: String, options: String) {
        switch self {
        case .veth: ("virtual Ethernet pairs", "CONFIG_VETH")
        case .fq: ("the fq queueing discipline", "CONFIG_NET_SCH_FQ")
        case .clsact: ("the clsact queueing discipline", "CONFIG_NET_SCH_INGRESS and CONFIG_NET_CLS_ACT")
        case .mptcp: ("the path manager of Multipath TCP", "CONFIG_MPTCP")
        }
    }

    /// The error that says that the running kernel lacks the feature, and what to do about it.
    package var missing: Fault {
        Fault(
            .missingFeature,
            "this kernel lacks \(description.name); use the embedded kernel (make kernel), or one with "
                + "\(description.options)")
    }
}
