package io.github.whph.nearby.core

data class Connection(val online: Boolean, val metered: Boolean)

/**
 * The networks that there are. All of them, not only the one that leads to the Internet: another device may be on a Wi-Fi that
 * leads nowhere. So they cost something only if each of them does.
 */
class Networks {
    private val metered = HashMap<Long, Boolean>()

    fun found(network: Long, metered: Boolean): Connection {
        this.metered[network] = metered
        return now()
    }

    fun lost(network: Long): Connection {
        metered.remove(network)
        return now()
    }

    fun now() = Connection(online = metered.isNotEmpty(), metered = metered.isNotEmpty() && metered.values.all { it })
}
