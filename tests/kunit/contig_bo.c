// SPDX-License-Identifier: GPL-2.0-only
/*
 * A BO of contiguous memory; see contig_bo.h.
 */
#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "client.h"
#include "contig_bo.h"

static struct sg_table *contig_map(struct dma_buf_attachment *attachment,
				   enum dma_data_direction direction)
{
	struct dma_buf *dma_buf = attachment->dmabuf;
	struct sg_table *sgt = kzalloc_obj(*sgt);
	int ret;

	if (!sgt)
		return ERR_PTR(-ENOMEM);
	ret = sg_alloc_table(sgt, 1, GFP_KERNEL);
	if (ret)
		goto err_free;
	sg_set_page(sgt->sgl, dma_buf->priv, dma_buf->size, 0);
	ret = dma_map_sgtable(attachment->dev, sgt, direction, 0);
	if (ret)
		goto err_table;
	return sgt;

err_table:
	sg_free_table(sgt);
err_free:
	kfree(sgt);
	return ERR_PTR(ret);
}

static void contig_unmap(struct dma_buf_attachment *attachment, struct sg_table *sgt,
			 enum dma_data_direction direction)
{
	dma_unmap_sgtable(attachment->dev, sgt, direction, 0);
	sg_free_table(sgt);
	kfree(sgt);
}

static void contig_release(struct dma_buf *dma_buf)
{
	__free_pages(dma_buf->priv, get_order(dma_buf->size));
}

static const struct dma_buf_ops contig_ops = {
	.map_dma_buf = contig_map,
	.unmap_dma_buf = contig_unmap,
	.release = contig_release,
};

static struct dma_buf *contig_export(struct kunit *test, unsigned int order)
{
	struct page *pages = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP, order);
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *dma_buf;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	info.ops = &contig_ops;
	info.size = PAGE_SIZE << order;
	info.flags = O_RDWR;
	info.priv = pages;
	dma_buf = dma_buf_export(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_buf);
	return dma_buf;
}

u32 contig_bo_create(struct client *client, unsigned int order, void **ram)
{
	struct kunit *test = client_test(client);
	struct drm_device *drm = client_drm(client);
	struct dma_buf *dma_buf = contig_export(test, order);
	struct drm_gem_object *obj;
	u32 handle = 0;

	*ram = page_address(dma_buf->priv);
	obj = drm->driver->gem_prime_import(drm, dma_buf);
	dma_buf_put(dma_buf); /* the import has its own */
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, obj);
	KUNIT_ASSERT_EQ(test, 0, drm_gem_handle_create(client_drm_file(client), obj, &handle));
	drm_gem_object_put(obj);
	return handle;
}
