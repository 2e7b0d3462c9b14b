package androidx.lifecycle

interface LifecycleObserver

abstract class Lifecycle {
    abstract fun addObserver(observer: LifecycleObserver)
}

interface LifecycleOwner {
    val lifecycle: Lifecycle
}

interface DefaultLifecycleObserver : LifecycleObserver {
    fun onCreate(owner: LifecycleOwner) = Unit
}

class ProcessLifecycleOwner : LifecycleOwner {
    override val lifecycle: Lifecycle get() = TODO()

    companion object {
        @JvmStatic
        fun get(): LifecycleOwner = TODO()
    }
}
