import WalkbackKit

@main
enum Program {
    static func main() {
        Walkback.main(adding: [SettledWiFi.self])
    }
}
