import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs an actor's jobs on one thread of its own, so that a busy script never holds a thread of the shared pool.
final class LuaExecutor: SerialExecutor {
    private let queue = JobQueue()
    var threadQueue: AnyObject { queue }

    init() {
        let context = Unmanaged.passRetained(queue).toOpaque()
        // Lua may nest 200 C calls, and values 200 levels: more than the stack of a secondary thread on macOS takes.
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, 8 << 20)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let failure = pthread_create(&thread, &attributes, runJobs, context)
        precondition(failure == 0, "no thread can be started for Lua: \(String(cString: strerror(failure)))")
    }

    deinit {
        queue.close()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        queue.add(UnownedJob(job), for: self)
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}

#if canImport(Darwin)
    private func runJobs(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().run()
        return nil
    }
#else
    private func runJobs(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let context { Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().run() }
        return nil
    }
#endif

/// The jobs that wait for the thread.
private final class JobQueue: @unchecked Sendable {
    // `jobs` and `isClosed` are read and written under `mutex` only.
    private var jobs: [(UnownedJob, LuaExecutor)] = []
    private var isClosed = false
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func add(_ job: UnownedJob, for executor: LuaExecutor) {
        pthread_mutex_lock(mutex)
        jobs.append((job, executor))
        pthread_mutex_unlock(mutex)
        // After the unlock, so that the thread does not wake only to wait for the mutex.
        pthread_cond_signal(condition)
    }

    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_mutex_unlock(mutex)
        pthread_cond_signal(condition)
    }

    func run() {
        while true {
            pthread_mutex_lock(mutex)
            while jobs.isEmpty && !isClosed { pthread_cond_wait(condition, mutex) }
            let batch = jobs
            jobs.removeAll(keepingCapacity: true)
            pthread_mutex_unlock(mutex)
            if batch.isEmpty { return }
            for (job, executor) in batch { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
        }
    }
}
