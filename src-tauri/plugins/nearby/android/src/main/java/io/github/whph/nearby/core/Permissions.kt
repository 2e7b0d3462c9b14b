package io.github.whph.nearby.core

/** What a person may be asked to allow. [word] is how a command names it, [key] how the status does. */
enum class Purpose(val word: String, val key: String) {
    Lan("lan", "lan"),
    WifiDirect("wifi-direct", "wifiDirect"),
    Camera("camera", "camera"),
    Notifications("notifications", "notifications"),
    ;

    companion object {
        fun named(word: String): Purpose? = values().find { it.word == word }
    }
}

enum class Answer(val word: String) {
    /** This version of Android asks nobody. */
    NotNeeded("not-needed"),
    Granted("granted"),

    /** Not allowed yet; the system would show its question. */
    Ask("ask"),

    /** Refused, and the system shows its question no more: only its settings help. */
    Denied("denied"),
    ;

    val allows: Boolean get() = this == NotNeeded || this == Granted
}

/**
 * What is known of one permission. Before the first question and after the last refusal the system says the same, so we
 * remember that we [asked]. Whoever closed the question without an answer then counts as refusing; the settings help there, too.
 */
data class Fact(val granted: Boolean, val rationale: Boolean, val asked: Boolean)

/** Which permissions a purpose takes on a version of Android, and how they stand. */
class Permissions(private val sdk: Int, private val target: Int) {
    fun needed(purpose: Purpose): List<String> = when (purpose) {
        Purpose.Lan -> lan()
        Purpose.WifiDirect -> finding() + lan()
        Purpose.Camera -> listOf(CAMERA)
        Purpose.Notifications -> if (sdk >= 33) listOf(NOTIFICATIONS) else emptyList()
    }

    fun answer(purpose: Purpose, fact: (String) -> Fact): Answer {
        val needed = needed(purpose)
        val missing = needed.map(fact).filterNot { it.granted }
        return when {
            needed.isEmpty() -> Answer.NotNeeded
            missing.isEmpty() -> Answer.Granted
            missing.any { it.asked && !it.rationale } -> Answer.Denied
            else -> Answer.Ask
        }
    }

    // Without it packets vanish and no call fails, so nothing may be tried before it is there. An app that is built for an
    // earlier version is not asked.
    private fun lan() = if (sdk >= 37 && target >= 37) listOf(LOCAL_NETWORK) else emptyList()

    private fun finding() = when {
        sdk >= 33 -> listOf(NEARBY_WIFI)
        // Android 12 ignores the question for the exact place unless the rough one is asked for with it.
        sdk >= 31 -> listOf(FINE_LOCATION, COARSE_LOCATION)
        else -> listOf(FINE_LOCATION)
    }

    companion object {
        const val CAMERA = "android.permission.CAMERA"
        const val NOTIFICATIONS = "android.permission.POST_NOTIFICATIONS"
        const val LOCAL_NETWORK = "android.permission.ACCESS_LOCAL_NETWORK"
        const val NEARBY_WIFI = "android.permission.NEARBY_WIFI_DEVICES"
        const val FINE_LOCATION = "android.permission.ACCESS_FINE_LOCATION"
        const val COARSE_LOCATION = "android.permission.ACCESS_COARSE_LOCATION"

        /** Up to Android 12, Wi-Fi Direct also finds nobody while the phone's location is switched off. */
        fun needsLocationSwitchedOn(sdk: Int): Boolean = sdk < 33
    }
}
