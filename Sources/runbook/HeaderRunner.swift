import RunbookHTTP
import RunbookHost

extension Runner {
    /// A runner that reads headers and carries nothing out.
    static func ofHeaders(_ options: RunOptions) -> Runner {
        Runner(
            options: options, listeners: [], lifecycle: PlainLifecycle(), prompter: NoPrompter(),
            http: AsyncHTTPSender())
    }
}
