import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// For tests that run inside the embedded kernel only.
    package static var kernelTier: Self {
        .enabled(
            if: getenv("WALKBACK_KERNEL_TIER").map { String(cString: $0) } == "1",
            "needs the embedded kernel: `make test` boots one")
    }
}
