// libcurl's variadic calls cannot be imported into Swift; each option type gets one typed wrapper.
#ifndef BUDSTIKKE_CCURL_SHIM_H
#define BUDSTIKKE_CCURL_SHIM_H
#include <curl/curl.h>
#endif
