// SPDX-License-Identifier: Apache-2.0
import WalkbackKit

@main
enum Program {
    static func main() {
        Walkback.main(adding: [SettledWiFi.self], bounds: [BestSecond.self], formats: [Ramps()])
    }
}
